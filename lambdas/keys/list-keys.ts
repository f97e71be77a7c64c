/** The use cases that read keys: one, and a page of those that match. */
import type * as z from 'zod/mini';
import { ContractError } from '../contract/errors.js';
import type { apiKeySchema, apiKeysQuerySchema } from '../contract/key-schemas.js';
import { seesOwner, type KeyCaller } from '../platform/caller.js';
import { findKey, type KeyAdministration, type KeyRequest } from './administration.js';
import { stateOf, type ApiKey } from './key.js';
import { parsePosition, writePosition, type KeyPosition } from './key-position.js';
import { presentKey } from './present-key.js';

export interface KeyPage {
  readonly keys: readonly z.output<typeof apiKeySchema>[];
  /** Where the next page begins; undefined on the last one. */
  readonly next: string | undefined;
}

type Query = z.output<typeof apiKeysQuerySchema>;

/** So many keys are looked at for one answer: with a filter that few match, a page can be short and still have a next one. */
const mostLookedAt = 3_000;

/**
 * One key. @throws ContractError key_not_found
 */
export async function readKey({ caller, now }: KeyRequest, id: string, { store, usageOf }: Pick<KeyAdministration, 'store' | 'usageOf'>): Promise<z.output<typeof apiKeySchema>> {
  const key = await findKey(id, caller, store);
  return presentKey(key, (await usageOf([key.id])).get(key.id), now);
}

/**
 * The keys that the caller may see and that match, revoked and expired ones included, newest first.
 * @throws ContractError invalid_request for a cursor that is none of ours
 */
export async function listKeys({ caller, now }: KeyRequest, query: Query, { store, usageOf }: Pick<KeyAdministration, 'store' | 'usageOf'>): Promise<KeyPage> {
  const matching: ApiKey[] = [];
  let position = query.cursor === undefined ? undefined : positionOf(query.cursor);
  let lookedAt = 0;
  let more = true;
  while (more && matching.length < query.limit && lookedAt < mostLookedAt) {
    const page = await store.page(position);
    for (const key of page.keys) {
      if (matching.length === query.limit) break;
      if (matches(key, query, caller, now)) matching.push(key);
      position = { createdAt: key.createdAt, id: key.id };
      lookedAt += 1;
    }
    const last = page.keys.at(-1);
    more = page.hasMore || (last !== undefined && position?.id !== last.id);
  }
  const usages = await usageOf(matching.map(({ id }) => id));
  return {
    keys: matching.map((key) => presentKey(key, usages.get(key.id), now)),
    next: more && position !== undefined ? writePosition(position) : undefined,
  };
}

function matches(key: ApiKey, { state, owner, scope, tier, q }: Query, caller: KeyCaller, now: number): boolean {
  return (
    seesOwner(caller, key.owner) &&
    (state === undefined || stateOf(key, now) === state) &&
    (owner === undefined || key.owner === owner) &&
    (scope === undefined || key.scopes.includes(scope)) &&
    (tier === undefined || key.tier === tier) &&
    (q === undefined || [key.id, key.name ?? '', key.note ?? ''].some((text) => text.toLowerCase().includes(q.toLowerCase())))
  );
}

function positionOf(cursor: string): KeyPosition {
  const position = parsePosition(cursor);
  if (position !== undefined) return position;
  const message = 'must be the X-Next-Cursor of the page before';
  throw new ContractError('invalid_request', { detail: `cursor: ${message}`, fields: [{ field: 'cursor', message }] });
}
