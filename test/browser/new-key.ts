/** Creates a key the way a person does, and takes its token from where it is shown. */
import type { Page } from 'playwright-core';

export interface NewKey {
  readonly name: string;
  /** Those that are ticked; the others are not. */
  readonly scopes: readonly string[];
}

export const allScopes = ['fax:send', 'fax:read', 'inbound:list', 'inbound:read', 'keys:manage', 'admin'];

/** From the table of keys to the token, which stays shown. */
export async function createKeyByHand(page: Page, { name, scopes }: NewKey): Promise<string> {
  await page.getByRole('link', { name: 'Create Key' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill(name);
  for (const scope of allScopes) await page.getByRole('checkbox', { name: new RegExp(`^${scope}`) }).setChecked(scopes.includes(scope), { force: true });
  await page.getByRole('button', { name: 'Create Key' }).click();
  return shownToken(page);
}

export async function shownToken(page: Page): Promise<string> {
  return (await page.getByRole('dialog').getByRole('textbox', { name: 'Token' }).textContent()) ?? '';
}

/** Copies the token and closes its dialog. */
export async function takeToken(page: Page): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name: 'Copy token' }).click();
  await page.getByRole('dialog').getByText('Token copied').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

/** The row of a key in the table, ticked. */
export async function selectKey(page: Page, name: string): Promise<void> {
  await page.getByRole('radio', { name: `Select ${name}` }).check({ force: true });
}
