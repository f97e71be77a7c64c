/** What only a script in the page can tell. Written as text: the tests know no browser's types. */
import type { Page } from 'playwright-core';
import * as z from 'zod';

/** What is on the clipboard. */
export async function clipboard(page: Page): Promise<string> {
  return z.string().parse(await page.evaluate('navigator.clipboard.readText()'));
}

/** All that the page keeps in this browser, as text. */
export async function storage(page: Page): Promise<string> {
  return z.string().parse(
    await page.evaluate('indexedDB.databases().then((databases) => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, databases]))'),
  );
}

/** By how many pixels the page is wider than its window. */
export async function overflow(page: Page): Promise<number> {
  return z.number().parse(await page.evaluate('document.documentElement.scrollWidth - innerWidth'));
}

/** What has the focus, by its text. */
export async function focused(page: Page): Promise<string> {
  return z.string().parse(await page.evaluate('document.activeElement?.textContent ?? ""'));
}

/** Goes to an address of the console without loading it anew. */
export async function go(page: Page, path: string): Promise<void> {
  await page.evaluate(`history.pushState(null, '', ${JSON.stringify(path)}); dispatchEvent(new PopStateEvent('popstate'))`);
}
