/** The values of a provider's fields: what a change keeps, what it takes away, and what nobody may read. */
import { apart, changedFields, goesToSameHosts, mergedValues, unknownFields, withoutSecrets } from '../../lambdas/provider-settings/field-values.js';
import type { ProviderKind } from '../../lambdas/provider-settings/provider-kind.js';

const field = (name: string, secret: boolean) => ({ name, description: name, secret, required: true });
const kind: ProviderKind = { id: 'pigeon', name: 'Pigeon', fields: [field('loft', false), field('password', true), field('constructor', false)], open: () => ({ problems: [] }) };

describe('a change', () => {
  const before = { loft: 'north', password: 'coo-coo', retired: 'yes' };

  it('keeps what it leaves out, takes away what is null or empty, and forgets what the kind has no field for', () => {
    expect(mergedValues(kind, before, { loft: 'south' })).toEqual({ loft: 'south', password: 'coo-coo' });
    expect(mergedValues(kind, before, { loft: null, password: '' })).toEqual({});
    expect(changedFields(kind, before, mergedValues(kind, before, { loft: 'south', password: null }))).toEqual(['loft', 'password']);
  });

  it('takes no value from an object’s own kind', () => {
    expect(mergedValues(kind, {}, {})).toEqual({});
    expect(changedFields(kind, {}, {})).toEqual([]);
  });

  it('names what the kind has no field for', () => {
    expect(unknownFields(kind, { loft: 'south', colour: 'grey' })).toEqual([{ field: 'fields.colour', message: 'is no field of Pigeon: write one of loft, password, constructor' }]);
  });
});

it('secrets and the rest are kept apart', () => {
  expect(apart(kind, { loft: 'north', password: 'coo-coo' })).toEqual({ fields: { loft: 'north' }, secrets: { password: 'coo-coo' } });
});

describe('what a provider says', () => {
  it('is told without the secrets that it repeats, the longest first, on one line of bounded length', () => {
    const secrets = { password: 'coo-coo', longer: 'coo-coo-coo', short: 'on' };
    expect(withoutSecrets('no coo-coo-coo\nand no coo-coo on it', secrets)).toBe('no *** and no *** on it');
    expect(withoutSecrets('x'.repeat(1_000), {})).toHaveLength(300);
  });
});

it('a manifest that names other hosts keeps no secret', () => {
  expect(goesToSameHosts({ hosts: ['a.example'] }, { hosts: ['a.example'], name: 'new' })).toBe(true);
  expect(goesToSameHosts({ hosts: ['a.example'] }, { hosts: ['a.example', 'b.example'] })).toBe(false);
  expect(goesToSameHosts(undefined, undefined)).toBe(true);
});
