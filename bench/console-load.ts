/** The console in a browser: how long until a page's largest piece of content stands there, from the local cloud's distribution. */
import * as z from 'zod';
import { findChromium, launchChromium } from '../test/browser/chromium.js';
import { startLocalCloud } from '../test/e2e/local-cloud.js';
import { benchAssembly } from './bench-assembly.js';
import { atMost, type Bench, type Measurement } from './measurement.js';
import { median } from './statistics.js';
import type { Browser, BrowserContext } from 'playwright-core';

const loads = 7;
const targetMilliseconds = 600;

/** Waits until nothing larger has come for a while: what is painted last and largest counts. */
const largestPaint = `new Promise((resolve) => {
  let last = 0;
  let timer;
  const settle = () => { clearTimeout(timer); timer = setTimeout(() => resolve(last), 500); };
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) last = entry.startTime; settle(); })
    .observe({ type: 'largest-contentful-paint', buffered: true });
  settle();
})`;

export const consoleLoadBench: Bench = {
  name: 'console-load',
  about: `${loads} loads of the console's sign-in page and of API Keys in Chromium`,
  async measure() {
    const chromium = findChromium();
    if (chromium === undefined) {
      console.warn('There is no Chromium on this machine: the console is not measured. CHROMIUM=<path> names one.');
      return [];
    }
    const { directory } = await benchAssembly();
    const cloud = await startLocalCloud({ assembly: directory });
    const browser = await launchChromium(chromium);
    try {
      const { consoleUrl, adminKey } = cloud;
      const signedIn = await browser.newContext();
      const page = await signedIn.newPage();
      await page.goto(consoleUrl);
      await page.getByRole('textbox', { name: 'Admin key' }).fill(adminKey);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('grid').waitFor();
      await page.close();
      return [
        row('sign-in page, first visit: largest contentful paint', await firstVisits(browser, consoleUrl)),
        row('API Keys, next visit: largest contentful paint', await nextVisits(signedIn, `${consoleUrl}/api-keys`)),
      ];
    } finally {
      await browser.close();
      await cloud.stop();
    }
  },
};

function row(what: string, times: readonly number[]): Measurement {
  return { what, value: median(times), unit: 'ms', target: atMost(targetMilliseconds), remark: `loads: ${times.map(Math.round).join(', ')}` };
}

/** With nothing kept from before. */
async function firstVisits(browser: Browser, address: string): Promise<readonly number[]> {
  const times: number[] = [];
  for (let count = 0; count < loads; count += 1) {
    const context = await browser.newContext();
    times.push(await paintOf(context, address));
    await context.close();
  }
  return times;
}

async function nextVisits(context: BrowserContext, address: string): Promise<readonly number[]> {
  const times: number[] = [];
  for (let count = 0; count < loads; count += 1) times.push(await paintOf(context, address));
  return times;
}

async function paintOf(context: BrowserContext, address: string): Promise<number> {
  const page = await context.newPage();
  await page.goto(address);
  const time = z.number().positive().parse(await page.evaluate(largestPaint));
  await page.close();
  return time;
}
