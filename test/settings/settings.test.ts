/** What the functions make of the stored settings. */
import { numberSettings, stackNumberSettings, switchSettings, tierSettings } from '../../lambdas/contract/settings.js';
import { settingsOf } from '../../lambdas/settings/settings.js';

const defaults = {
  requireApiKey: true,
  maxRequestsPerMinute: 0,
  tierRequestsPerMinute: {},
  inboundListRpm: 30,
  inboundGetRpm: 60,
  maxFileSizeMb: undefined,
  auditLogEnabled: true,
  defaultKeyExpiryDays: 0,
  requireIpRanges: false,
  redial: { busySeconds: 180, noAnswerSeconds: 300, maxTries: 3, maxDials: 12 },
  pdfTokenTtlMinutes: undefined,
  inboundTokenTtlMinutes: undefined,
};

it('where nothing was ever saved, the defaults are in force', () => {
  expect(settingsOf(undefined)).toEqual(defaults);
  expect(settingsOf({})).toEqual(defaults);
});

it('what was chosen is in force, and the rest keeps its default', () => {
  expect(settingsOf({ REQUIRE_API_KEY: false, TIER_REQUESTS_PER_MINUTE: { basic: 60 }, MAX_FILE_SIZE_MB: 2 })).toEqual({
    ...defaults,
    requireApiKey: false,
    tierRequestsPerMinute: { basic: 60 },
    maxFileSizeMb: 2,
  });
});

it('a setting or a tier that this release does not know changes nothing', () => {
  expect(settingsOf({ COLOUR: 'red', TIER_REQUESTS_PER_MINUTE: { gold: 5 } })).toEqual(defaults);
});

it('a number beyond what this release takes becomes the nearest that it takes', () => {
  expect(settingsOf({ MAX_FILE_SIZE_MB: 10, PDF_TOKEN_TTL_MINUTES: 0 })).toMatchObject({ maxFileSizeMb: 4, pdfTokenTtlMinutes: 1 });
});

it.each([...Object.keys(switchSettings), ...Object.keys(numberSettings), ...Object.keys(stackNumberSettings), ...Object.keys(tierSettings)])(
  '%s of another type than its own is an error, never a default',
  (name) => {
    for (const value of ['true', null, [], { basic: 'many' }, Number.NaN]) {
      expect(() => settingsOf({ [name]: value })).toThrow(`The stored settings hold no valid ${name}`);
    }
  },
);

it.each(['CURRENT', 7, []])('settings that are no map are an error: %j', (chosen) => {
  expect(() => settingsOf(chosen)).toThrow('The stored settings are no map');
});
