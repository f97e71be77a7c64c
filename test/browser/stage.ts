/** What the browser tests play on: one local cloud with the console, one browser, and an eye on everything that goes wrong. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import * as z from 'zod';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { call } from '../e2e/gateway-client.js';
import { startLocalCloud, type RunningLocalCloud } from '../e2e/local-cloud.js';
import { testAssembly } from '../e2e/shared-assembly.js';
import { launchChromium } from './chromium.js';
import { startFront } from './front.js';

const sessionsSchema = z.object({ items: z.array(z.object({ session_id: z.string() })) });

const root = join(__dirname, '..', '..');

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

/** Builds the console, starts the cloud and the browser. */
export async function setStage(executablePath: string): Promise<Stage> {
  const build = spawnSync(process.execPath, [join(root, 'node_modules', 'vite', 'bin', 'vite.js'), 'build', '--config', 'admin-ui/vite.config.ts', '--logLevel', 'error'], { cwd: root, encoding: 'utf8' });
  if (build.status !== 0) throw new Error(build.stderr);
  const [cloud, browser] = await Promise.all([testAssembly().then((assembly) => startLocalCloud({ assembly })), launchChromium(executablePath)]);
  const front = await startFront(cloud.gatewayUrl);
  const heard: string[] = [];
  const person = async ({ dark = false, narrow = false }: PersonOptions = {}): Promise<BrowserContext> => {
    const context = await browser.newContext({
      viewport: narrow ? { width: 390, height: 844 } : { width: 1440, height: 900 },
      colorScheme: dark ? 'dark' : 'light',
      reducedMotion: 'reduce',
      permissions: ['clipboard-read', 'clipboard-write'],
      acceptDownloads: true,
    });
    context.setDefaultTimeout(5_000);
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
    address: front.address,
    person,
    open: async (path, options) => {
      const page = await (await person(options)).newPage();
      await page.goto(`${front.address}${path}`);
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
      await Promise.all([front.stop(), cloud.stop()]);
    },
  };
}

/** Types the key into the form and waits until the console is there. */
export async function signIn(page: Page, key: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Admin key' }).fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Bootstrap key' }).or(page.getByRole('link', { name: 'Faxbot' })).first().waitFor();
}

/** The browser itself reports each answer over 399; those that a test asks for are no complaint. */
function isAnswer(text: string): boolean {
  return /^Failed to load resource: the server responded with a status of 4\d\d/.test(text);
}
