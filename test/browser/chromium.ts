/** The browser that the tests drive: Debian's Chromium, or the one that CHROMIUM names. */
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const places = [process.env['CHROMIUM'] ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];

const quietly = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-default-apps'];

/** Where the browser is; undefined where there is none. In CI a test must not be left out, so there it throws. */
export function findChromium(): string | undefined {
  const found = places.find((place) => place !== '' && existsSync(place));
  if (found === undefined && process.env['CI'] === 'true') throw new Error('The browser tests need Chromium: install it, or name it in CHROMIUM.');
  return found;
}

export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, headless: true, args: ['--no-sandbox', ...quietly] });
}
