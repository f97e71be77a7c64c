/** What a team may set: read from cdk.json's context or `-c name=value`, checked before anything is built. */
import * as z from 'zod';
import { providerIdPattern, providers, providersThatDialNobody } from '../lambdas/contract/providers.js';
import { stackNumberSettings, type StackNumberSetting } from '../lambdas/contract/settings.js';
import { usagePlanNames, type UsagePlanName } from '../lambdas/contract/tiers.js';

/** The retention periods that CloudWatch Logs takes, in days. */
const logRetentions = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653] as const;

const sixYears = 2192;

/** Nobody hears of notices by mail, unless somebody subscribes to the topic. */
export const noEmail = 'none';

const onOff = z.enum(['on', 'off'], { error: 'write on or off' });
const yesNo = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')], { error: 'write true or false' });
const logRetention = z.coerce.number().refine((days) => logRetentions.some((one) => one === days), `write one of ${logRetentions.join(', ')} (days)`);

function wholeNumber(least: number, most: number, unit: string) {
  const message = `write a whole number of ${unit} from ${least} to ${most}`;
  return z.coerce.number({ error: message }).int(message).min(least, message).max(most, message);
}

/** What an administrator may then set at run time has the same bounds. */
function bounded(name: StackNumberSetting, unit: string) {
  const { least, most } = stackNumberSettings[name];
  return wholeNumber(least, most, unit);
}

/** Of the context, where it is one text, or of cdk.json. */
const hostNames = z
  .union([z.string().transform((text) => text.split(/[\s,]+/).filter((name) => name !== '')), z.array(z.string())], { error: 'write names of hosts, with commas between them' })
  .refine((names) => names.every((name) => /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/.test(name)), 'write names of hosts in lower case, such as hooks.example.internal, without a port');

const usagePlan = z.strictObject({
  ratePerSecond: wholeNumber(1, 10_000, 'requests a second'),
  burst: wholeNumber(1, 5_000, 'requests'),
  quota: z
    .strictObject({ limit: wholeNumber(1, 1_000_000_000, 'requests'), period: z.enum(['DAY', 'WEEK', 'MONTH'], { error: 'write DAY, WEEK or MONTH' }) })
    .optional(),
});
export type UsagePlanSettings = z.output<typeof usagePlan>;

const defaultUsagePlans: Readonly<Record<UsagePlanName, UsagePlanSettings>> = {
  basic: { ratePerSecond: 50, burst: 100 },
  standard: { ratePerSecond: 500, burst: 1_000 },
  high: { ratePerSecond: 2_000, burst: 4_000 },
  anonymous: { ratePerSecond: 50, burst: 100 },
  console: { ratePerSecond: 50, burst: 200 },
};

/** Provider → where it is reached instead of at its own address. */
const providerEndpoints = z.preprocess(
  (value) => (typeof value === 'string' ? jsonOrItself(value) : value),
  z.record(z.string().regex(providerIdPattern), z.url({ protocol: /^https?$/, error: 'write an http or https URL' }), { error: 'write an object of providers and their URLs such as {"sinch": "https://eu.fax.api.sinch.com"}' }),
);

function jsonOrItself(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const settings = z
  .strictObject({
    stage: z.string().regex(/^[a-z][a-z0-9-]{0,29}$/, 'write 1 to 30 lower-case letters, digits and hyphens, such as dev or production').default('dev'),
    provider: z.enum(providers, { error: `write one of ${providers.join(', ')}` }).default('sandbox'),
    providerEndpoints: providerEndpoints.default({}),
    allowSandbox: yesNo.default(false),
    sending: onOff.default('on'),
    defaultCountry: z.string().regex(/^([A-Z]{2}|none)$/, 'write two capital letters (ISO 3166-1) such as US, or none').default('US'),
    maxFileSizeMb: bounded('MAX_FILE_SIZE_MB', 'megabytes').default(4),
    documentTokenMinutes: bounded('PDF_TOKEN_TTL_MINUTES', 'minutes').default(60),
    jobRetentionDays: wholeNumber(1, 3_650, 'days').default(365),
    documentRetentionDays: wholeNumber(1, 3_650, 'days').default(365),
    logLevel: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR'], { error: 'write DEBUG, INFO, WARN or ERROR' }).default('INFO'),
    logRetentionDays: logRetention.default(90),
    auditRetentionDays: logRetention.default(sixYears),
    authEventRetentionDays: wholeNumber(1, 3_650, 'days').default(30),
    noticesEmail: z.union([z.literal(noEmail), z.email('write an e-mail address, or none')]).default(noEmail),
    privateNotifyHosts: hostNames.default([]),
    gatewayLogRole: z.enum(['create', 'existing'], { error: 'write create, or existing where the account already has its API Gateway logging role' }).default('create'),
    removalPolicy: z.enum(['retain', 'destroy'], { error: 'write retain or destroy' }).default('retain'),
    senderConcurrency: wholeNumber(2, 1_000, 'functions').default(5),
    claimSeconds: wholeNumber(3, 600, 'seconds').default(90),
    rotationOverlapHours: wholeNumber(0, 720, 'hours').default(24),
    sessionHours: wholeNumber(1, 24, 'hours').default(12),
    // A use is noted once a minute: a shorter limit would end sessions that are in use.
    sessionIdleMinutes: wholeNumber(5, 1_440, 'minutes').default(30),
    sandboxSecondsPerPage: wholeNumber(0, 60, 'seconds').default(1),
    nativeKeyPool: wholeNumber(0, 9_900, 'native API Gateway keys').default(500),
    usagePlans: z
      .strictObject({ basic: usagePlan.optional(), standard: usagePlan.optional(), high: usagePlan.optional(), anonymous: usagePlan.optional(), console: usagePlan.optional() })
      .default({}),
  })
  .superRefine((value, context) => {
    if (value.stage !== 'production') return;
    if (providersThatDialNobody.has(value.provider) && !value.allowSandbox) {
      context.addIssue({
        code: 'custom',
        path: ['provider'],
        message: 'the sandbox delivers no fax, so stage production refuses it: set a real provider, or allowSandbox=true to deploy all the same',
      });
    }
    for (const [id, url] of Object.entries(value.providerEndpoints)) {
      if (!url.startsWith('https:')) context.addIssue({ code: 'custom', path: ['providerEndpoints', id], message: 'stage production sends documents and credentials by https alone' });
    }
    if (value.removalPolicy === 'destroy') {
      context.addIssue({ code: 'custom', path: ['removalPolicy'], message: 'stage production keeps its data: write retain' });
    }
  })
  .transform(({ usagePlans, ...rest }) => ({
    ...rest,
    usagePlans: new Map<UsagePlanName, UsagePlanSettings>(usagePlanNames.map((name) => [name, usagePlans[name] ?? defaultUsagePlans[name]])),
  }));

export type Config = z.output<typeof settings>;

/** The names of all settings, for the documentation and for reading the context. */
export const settingNames = Object.keys(settings.in.shape);

/** A setting that is wrong, in sentences that say what to write. */
export class ConfigError extends Error {
  constructor(readonly sentences: readonly string[]) {
    super(sentences.join('\n'));
    this.name = 'ConfigError';
  }
}

/**
 * Checks what the context holds.
 * @param context all of the app's context: the CDK's own keys (with a colon or an @) are passed over
 * @throws ConfigError with one sentence for each setting that is wrong or unknown
 */
export function readConfig(context: unknown): Config {
  const ours = Object.fromEntries(Object.entries(z.record(z.string(), z.unknown()).parse(context)).filter(([name]) => !/[:@]/.test(name)));
  const result = settings.safeParse(ours);
  if (result.success) return result.data;
  throw new ConfigError(
    result.error.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((name) => `There is no setting ${[...issue.path, name].join('.')}: the settings are ${settingNames.join(', ')}.`)
        : [`The setting ${issue.path.join('.')} is wrong: ${issue.message}.`],
    ),
  );
}
