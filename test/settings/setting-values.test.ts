/** The decisions about a change of the settings: what it makes of them, what differs, what is stored, what is refused. */
import fc from 'fast-check';
import { settingNames, settingsChangeSchema, settingValuesSchema, type SettingsChange } from '../../lambdas/contract/settings-schemas.js';
import { numberSettings, stackNumberSettings, switchSettings, tierSettings } from '../../lambdas/contract/settings.js';
import { changesBetween, chosenOf, defaultValues, lockedSettings, merged, refusedValues, valuesInForce, type Deployment } from '../../lambdas/settings/setting-values.js';

const deployment: Deployment = { stage: 'dev', provider: 'sandbox', sending: 'on', maxFileSizeMb: 4, documentTokenMinutes: 60 };
const production: Deployment = { ...deployment, stage: 'production' };
const defaults = defaultValues(deployment);

it('the defaults are those of the table, and of the stack where it has its own', () => {
  expect(defaults).toEqual({
    REQUIRE_API_KEY: true,
    MAX_REQUESTS_PER_MINUTE: 0,
    TIER_REQUESTS_PER_MINUTE: {},
    INBOUND_LIST_RPM: 30,
    INBOUND_GET_RPM: 60,
    MAX_FILE_SIZE_MB: 4,
    AUDIT_LOG_ENABLED: true,
    DEFAULT_KEY_EXPIRY_DAYS: 0,
    REQUIRE_IP_RANGES: false,
    REDIAL_BUSY_SECONDS: 180,
    REDIAL_NO_ANSWER_SECONDS: 300,
    REDIAL_MAX_TRIES: 3,
    REDIAL_MAX_DIALS: 12,
    PDF_TOKEN_TTL_MINUTES: 60,
    INBOUND_TOKEN_TTL_MINUTES: 60,
  });
  expect(defaultValues({ ...deployment, maxFileSizeMb: 2, documentTokenMinutes: 5 })).toMatchObject({ MAX_FILE_SIZE_MB: 2, PDF_TOKEN_TTL_MINUTES: 5, INBOUND_TOKEN_TTL_MINUTES: 5 });
});

it('every setting has its bounds or is a switch, and no other has', () => {
  expect([switchSettings, numberSettings, stackNumberSettings, tierSettings].flatMap((table) => Object.keys(table)).sort()).toEqual([...settingNames].sort());
});

describe('a change', () => {
  it('leaves what it does not name', () => {
    expect(merged({ ...defaults, INBOUND_LIST_RPM: 1 }, { MAX_REQUESTS_PER_MINUTE: 60 })).toEqual({ ...defaults, INBOUND_LIST_RPM: 1, MAX_REQUESTS_PER_MINUTE: 60 });
  });

  it('replaces the tiers’ limits whole', () => {
    const before = { ...defaults, TIER_REQUESTS_PER_MINUTE: { basic: 60, high: 600 } };
    expect(merged(before, { TIER_REQUESTS_PER_MINUTE: { standard: 5 } }).TIER_REQUESTS_PER_MINUTE).toEqual({ standard: 5 });
  });

  it('is told by what differs, in the order of the settings', () => {
    const after = merged(defaults, { TIER_REQUESTS_PER_MINUTE: { basic: 60 }, REQUIRE_API_KEY: false, INBOUND_GET_RPM: 60 });
    expect(changesBetween(defaults, after)).toEqual([
      { name: 'REQUIRE_API_KEY', from: true, to: false },
      { name: 'TIER_REQUESTS_PER_MINUTE', from: {}, to: { basic: 60 } },
    ]);
    expect(changesBetween(after, after)).toEqual([]);
  });
});

describe('what is stored', () => {
  const anyChange: fc.Arbitrary<SettingsChange> = fc
    .record(
      {
        ...Object.fromEntries(Object.keys(switchSettings).map((name) => [name, fc.boolean()])),
        ...Object.fromEntries(Object.entries({ ...numberSettings, ...stackNumberSettings }).map(([name, { least, most }]) => [name, fc.integer({ min: least, max: most })])),
        TIER_REQUESTS_PER_MINUTE: fc.record({ basic: fc.nat(600_000), standard: fc.nat(600_000), high: fc.nat(600_000) }, { requiredKeys: [] }),
      },
      { requiredKeys: [] },
    )
    .map((change) => settingsChangeSchema.parse(change));

  it('gives back any values that can be set', () => {
    fc.assert(
      fc.property(anyChange, (change) => {
        const values = merged(defaults, change);
        expect(valuesInForce(chosenOf(values, deployment), deployment)).toEqual(values);
        expect(settingValuesSchema.parse(JSON.parse(JSON.stringify(values)))).toEqual(values);
      }),
    );
  });

  it('is nothing for a value that equals its default, which then follows the default of the next deployment', () => {
    const chosen = chosenOf(merged(defaults, { PDF_TOKEN_TTL_MINUTES: 60, MAX_FILE_SIZE_MB: 3 }), deployment);
    expect(chosen).toEqual({ MAX_FILE_SIZE_MB: 3 });
    expect(valuesInForce(chosen, { ...deployment, documentTokenMinutes: 15 })).toMatchObject({ PDF_TOKEN_TTL_MINUTES: 15, MAX_FILE_SIZE_MB: 3 });
  });

  it('never lets a file be larger than the stack of a later deployment takes', () => {
    expect(valuesInForce({ MAX_FILE_SIZE_MB: 3 }, { ...deployment, maxFileSizeMb: 2 }).MAX_FILE_SIZE_MB).toBe(2);
  });
});

describe('a deployment refuses', () => {
  it('a file size above its own', () => {
    expect(refusedValues({ ...defaults, MAX_FILE_SIZE_MB: 3 }, { ...deployment, maxFileSizeMb: 2 })).toEqual([
      { name: 'MAX_FILE_SIZE_MB', message: 'must be at most 2: the stack was deployed with maxFileSizeMb 2' },
    ]);
  });

  it('requests without a key on stage production, and on no other', () => {
    const open = { ...defaults, REQUIRE_API_KEY: false };
    expect(refusedValues(open, production)).toEqual([
      { name: 'REQUIRE_API_KEY', message: 'must stay true on stage production: without a key, anybody who reaches the gateway could send faxes' },
    ]);
    expect(refusedValues(open, deployment)).toEqual([]);
    expect([[...lockedSettings(production).keys()], [...lockedSettings(deployment).keys()]]).toEqual([['REQUIRE_API_KEY'], []]);
  });

  it('nothing of its own defaults', () => {
    expect([refusedValues(defaults, deployment), refusedValues(defaultValues(production), production)]).toEqual([[], []]);
  });
});
