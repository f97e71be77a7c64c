/** What the browser tests play on: one local cloud with the console, one browser, and an eye on everything that goes wrong. */
import * as z from 'zod';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { call } from '../e2e/gateway-client.js';
import { startLocalCloud, type RunningLocalCloud } from '../e2e/local-cloud.js';
import { testAssembly } from '../e2e/shared-assembly.js';
import { launchChromium } from './chromium.js';

const sessionsSchema = z.object({ items: z.array(z.object({ session_id: z.string() })) });

export interface Stage {
  readonly cloud: RunningLocalCloud;
  readonly browser: Browser;
  /** Of the console, without a slash at the end. */
  readonly address: string;
  /** A browser of its own for one person, not signed in. */
  person(options?: PersonOptions): Promise<BrowserContext>;
  /** A page of a person who is signed in with the bootstrap key. */
  open(path: string, options?: PersonOptions): Promise<Page>;
  /** Closes what `person` and `open` opened. */
  leave(): Promise<void>;
  /** What browsers complained of since the last question: violations of the policy, errors in the console and in scripts. */
  complaints(): readonly string[];
  /** Ends every session, as time does. */
  endSessions(): Promise<void>;
  stop(): Promise<void>;
}

export interface PersonOptions {
  readonly dark?: boolean;
  readonly narrow?: boolean;
}

/** Starts the cloud and the browser. */
export async function setStage(executablePath: string): Promise<Stage> {
  const [cloud, browser] = await Promise.all([testAssembly().then((assembly) => startLocalCloud({ assembly })), launchChromium(executablePath)]);
  const heard: string[] = [];
  const person = async ({ dark = false, narrow = false }: PersonOptions = {}): Promise<BrowserContext> => {
    const context = await browser.newContext({
      viewport: narrow ? { width: 390, height: 844 } : { width: 1440, height: 900 },
      colorScheme: dark ? 'dark' : 'light',
      reducedMotion: 'reduce',
      permissions: ['clipboard-read', 'clipboard-write'],
      acceptDownloads: true,
    });
    context.setDefaultTimeout(20_000);
    context.on('console', (message) => {
      if (message.type() === 'error' && !isAnswer(message.text())) heard.push(message.text());
    });
    context.on('weberror', (error) => heard.push(String(error.error())));
    await context.addInitScript('addEventListener("securitypolicyviolation", (e) => console.error("Policy violated:", e.violatedDirective, e.blockedURI, e.sample))');
    return context;
  };
  return {
    cloud,
    browser,
    address: cloud.consoleUrl,
    person,
    open: async (path, options) => {
      const page = await (await person(options)).newPage();
      await page.goto(`${cloud.consoleUrl}${path}`);
      await signIn(page, cloud.adminKey);
      return page;
    },
    leave: async () => {
      await Promise.all(browser.contexts().map((context) => context.close()));
    },
    complaints: () => heard.splice(0),
    endSessions: async () => {
      const answer = await call(cloud.gatewayUrl, 'GET', '/admin/sessions', { key: cloud.adminKey });
      const { items } = sessionsSchema.parse(answer.body);
      await Promise.all(items.map(({ session_id }) => call(cloud.gatewayUrl, 'DELETE', `/admin/sessions/${session_id}`, { key: cloud.adminKey })));
    },
    stop: async () => {
      await browser.close();
      await cloud.stop();
    },
  };
}

/** Types the key into the form and waits until the console is there. */
export async function signIn(page: Page, key: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Admin key' }).fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Bootstrap key' }).or(page.getByRole('link', { name: 'Faxbot' })).first().waitFor();
}

/** The browser itself reports each answer over 399; those that a test asks for are no complaint. 502: a provider can't be reached. */
function isAnswer(text: string): boolean {
  return /^Failed to load resource: the server responded with a status of (4\d\d|502)/.test(text);
}
