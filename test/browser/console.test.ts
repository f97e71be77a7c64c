/**
 * The admin console in a browser, against the running local cloud: each line of the page that promises it, and what holds on
 * every page. One cloud and one browser serve all of it. Where there is no browser it says so; in CI that is a failure.
 */
import { findChromium } from './chromium.js';
import { everyPage } from './every-page.js';
import { keysInTheConsole } from './keys-in-the-console.js';
import { nothingTypedIsLost } from './nothing-typed-is-lost.js';
import { sendingAndJobs } from './sending-and-jobs.js';
import { settingUp } from './setting-up.js';
import { signingIn } from './signing-in.js';
import { settlingAndProviders } from './settling-and-providers.js';
import { setStage, type Stage } from './stage.js';

const chromium = findChromium();

describe('the admin console', () => {
  if (chromium === undefined) {
    it('needs a browser to be tested', () => {
      console.warn('The browser tests are left out: there is no Chromium on this machine. CHROMIUM=<path> names one.');
    });
    return;
  }

  let stage: Stage;
  const given = (): Stage => stage;

  beforeAll(async () => {
    stage = await setStage(chromium);
  }, 180_000);
  afterAll(() => stage.stop());
  afterEach(async () => {
    expect(stage.complaints()).toEqual([]);
    await stage.leave();
  });

  signingIn(given);
  keysInTheConsole(given);
  sendingAndJobs(given);
  settingUp(given);
  settlingAndProviders(given);
  nothingTypedIsLost(given);
  everyPage(given);
});
