/** Keys as rows that can be filtered: their values as plain text beside them. Pure. */
import type { PropertyFilterOption, PropertyFilterProperty } from '@cloudscape-design/collection-hooks';
import { keyAdviceCodes, keyStates } from '../../../lambdas/contract/key-words.js';
import { scopes } from '../../../lambdas/contract/scopes.js';
import { tiers } from '../../../lambdas/contract/tiers.js';
import type { ApiKey } from '../gateway/operation-types.js';
import { adviceTitles, stateTitles, titleOf, tokenHint } from './key-words.js';

export interface KeyRow {
  readonly item: ApiKey;
  readonly key_id: string;
  readonly name: string;
  readonly state: string;
  readonly token: string;
  readonly owner: string;
  readonly scope: string;
  readonly tier: string;
  readonly advice: string;
  readonly ranges: string;
  readonly note: string;
}

export function toRow(item: ApiKey): KeyRow {
  return {
    item,
    key_id: item.key_id,
    name: titleOf(item),
    state: stateTitles[item.state],
    token: tokenHint(item),
    owner: item.owner,
    scope: item.scopes.join(', '),
    tier: item.tier,
    advice: item.advice.map(({ code }) => adviceTitles[code]).join(', '),
    ranges: item.allowed_ips.join(', '),
    note: item.note ?? '',
  };
}

const exactly = ['=', '!=', ':', '!:'] as const;
const among = [':', '!:'] as const;

export const keyFilterProperties: PropertyFilterProperty[] = [
  { key: 'state', propertyLabel: 'State', groupValuesLabel: 'States', operators: exactly },
  { key: 'scope', propertyLabel: 'Scope', groupValuesLabel: 'Scopes', operators: among, defaultOperator: ':' },
  { key: 'tier', propertyLabel: 'Tier', groupValuesLabel: 'Tiers', operators: exactly },
  { key: 'advice', propertyLabel: 'Advice', groupValuesLabel: 'Advice', operators: among, defaultOperator: ':' },
  { key: 'owner', propertyLabel: 'Owner', groupValuesLabel: 'Owners', operators: exactly },
  { key: 'name', propertyLabel: 'Name', groupValuesLabel: 'Names', operators: exactly },
  { key: 'token', propertyLabel: 'Token', groupValuesLabel: 'Tokens', operators: among, defaultOperator: ':' },
  { key: 'ranges', propertyLabel: 'IP ranges', groupValuesLabel: 'IP ranges', operators: among, defaultOperator: ':' },
  { key: 'note', propertyLabel: 'Note', groupValuesLabel: 'Notes', operators: among, defaultOperator: ':' },
];

/** What the filter proposes: the closed sets whole, and the owners and names that are there. */
export function keyFilterOptions(rows: readonly KeyRow[]): PropertyFilterOption[] {
  const owners = [...new Set(rows.map(({ owner }) => owner))].slice(0, 100);
  const names = [...new Set(rows.map(({ name }) => name))].slice(0, 100);
  return [
    ...options('state', keyStates.map((state) => stateTitles[state])),
    ...options('scope', scopes),
    ...options('tier', tiers),
    ...options('advice', keyAdviceCodes.map((code) => adviceTitles[code])),
    ...options('owner', owners),
    ...options('name', names),
  ];
}

function options(propertyKey: string, values: readonly string[]): PropertyFilterOption[] {
  return values.map((value) => ({ propertyKey, value }));
}
