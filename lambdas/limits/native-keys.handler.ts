/** Keeps the pool of native keys: runs every few minutes. */
import { setTimeout as pause } from 'node:timers/promises';
import { tiers, type Tier } from '../contract/tiers.js';
import { readEnvironment, wholeNumber } from '../platform/environment.js';
import { log } from '../platform/log.js';
import { quotaPeriods, type QuotaPeriod } from './native-key.js';
import { holderReader } from './native-key-holder-reader.js';
import { dynamoNativeKeyStore } from './native-key-store.js';
import { tendNativeKeys, type NativeKeyTending, type TendingReport } from './tend-native-keys.js';
import { usagePlanStore } from './usage-plan-store.js';

const environment = readEnvironment('native-keys');
const tending: NativeKeyTending = {
  store: dynamoNativeKeyStore(environment.LIMITS_TABLE),
  plans: usagePlanStore(),
  holders: holderReader(environment.KEYS_TABLE),
  planOf: readPlans(environment.USAGE_PLANS),
  poolSize: wholeNumber(environment.NATIVE_KEY_POOL),
  namePrefix: `Faxbot ${environment.STAGE}`,
  pause,
  clock: Date.now,
};

export async function handler(): Promise<TendingReport> {
  const report = await tendNativeKeys(tending);
  // A metric filter counts these lines (lib/native-keys.ts).
  if (report.regionFull) log.error('The region has no room for more native API keys: new keys share that of their tier', { native_keys_region_full: 1, total: report.total });
  log.info('Native keys', { ...report });
  return report;
}

/** `basic=<plan id>/<period of its quota> ...` @throws Error for another form: the function then fails at its start */
function readPlans(text: string): NativeKeyTending['planOf'] {
  return new Map(
    text.split(' ').map((entry): [Tier, { planId: string; quota: QuotaPeriod }] => {
      const [, name, planId = '', period] = /^(\w+)=([^/]+)\/(\w+)$/.exec(entry) ?? [];
      const tier = tiers.find((one) => one === name);
      const quota = quotaPeriods.find((one) => one === period);
      if (tier === undefined || quota === undefined) throw new Error(`Not a usage plan in the environment: ${entry}`);
      return [tier, { planId, quota }];
    }),
  );
}
