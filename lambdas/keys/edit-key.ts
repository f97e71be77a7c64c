/** The use cases that change a key and leave its secrets alone: edit, disable, enable, revoke. */
import type * as z from 'zod/mini';
import { ContractError } from '../contract/errors.js';
import type { apiKeySchema, editApiKeySchema } from '../contract/key-schemas.js';
import { eventOf, findKey, releaseNow, type KeyAdministration, type KeyRequest } from './administration.js';
import { changeKey } from './change-key.js';
import { requireGrantable, requireGrantableLimits } from './granting.js';
import { changed, differences } from './key-changes.js';
import type { ApiKey } from './key.js';
import { editedTerms, requireIpRanges, requireOwnAddress } from './key-terms.js';
import { presentKey } from './present-key.js';

type PresentedKey = z.output<typeof apiKeySchema>;

/**
 * Edits a key on the version that its editor has read.
 * @throws ContractError what changeKey throws; write_conflict for an older version, invalid_request, key_revoked
 */
export async function editKey(request: KeyRequest, id: string, wanted: z.output<typeof editApiKeySchema>, administration: KeyAdministration): Promise<PresentedKey> {
  const { version, ...rest } = wanted;
  const terms = editedTerms(rest, request.now);
  requireGrantable(request.caller, terms.scopes ?? []);
  requireGrantableLimits(request.caller, wanted, false);
  const rules = await administration.rules();
  const before = await findKey(id, request.caller, administration.store);
  const leased = terms.tier === undefined || terms.tier === before.tier ? undefined : await administration.nativeKeys.lease(terms.tier, before.id);
  const moved = terms.tier !== undefined && terms.tier !== before.tier ? { nativeKey: leased } : {};
  try {
    const key = await changeKey(request, id, administration, (current) => {
      if (current.version !== version) throw new ContractError('write_conflict');
      requireNotRevoked(current);
      const diff = differences(current, terms);
      if (diff === undefined) return current;
      const next = changed(current, { ...terms, ...moved }, eventOf({ event: 'api_key_edited', target_key_id: current.id, diff }, request));
      requireIpRanges(next, rules);
      requireOwnAddress(next, request);
      return next;
    });
    if (before.nativeKey !== key.nativeKey) await releaseNow(before.nativeKey, administration);
    return await present(key, request, administration);
  } catch (error) {
    await releaseNow(leased, administration);
    throw error;
  }
}

/** Takes a key out of use until it is enabled again; its token is refused with the next request. @throws as changeKey; key_revoked */
export async function disableKey(request: KeyRequest, id: string, administration: KeyAdministration): Promise<PresentedKey> {
  const key = await changeKey(request, id, administration, (current) => {
    requireNotRevoked(current);
    if (current.disabledAt !== undefined) return current;
    return changed(current, { disabledAt: request.now }, eventOf({ event: 'api_key_disabled', target_key_id: current.id }, request));
  });
  return present(key, request, administration);
}

/** Puts a disabled key back into use. @throws as changeKey; key_revoked */
export async function enableKey(request: KeyRequest, id: string, administration: KeyAdministration): Promise<PresentedKey> {
  const key = await changeKey(request, id, administration, (current) => {
    requireNotRevoked(current);
    if (current.disabledAt === undefined) return current;
    return changed(current, { disabledAt: undefined }, eventOf({ event: 'api_key_enabled', target_key_id: current.id }, request));
  });
  return present(key, request, administration);
}

/** Revokes a key for good; a revoked one again is fine. @throws as changeKey */
export async function revokeKey(request: KeyRequest, id: string, administration: KeyAdministration): Promise<void> {
  const before = await findKey(id, request.caller, administration.store);
  await changeKey(request, id, administration, (current) =>
    current.revokedAt === undefined
      ? changed(current, { revokedAt: request.now, nativeKey: undefined }, eventOf({ event: 'api_key_revoked', target_key_id: current.id }, request))
      : current,
  );
  await releaseNow(before.nativeKey, administration);
}

function requireNotRevoked(key: ApiKey): void {
  if (key.revokedAt !== undefined) throw new ContractError('key_revoked');
}

async function present(key: ApiKey, { now }: KeyRequest, { usageOf }: KeyAdministration): Promise<PresentedKey> {
  return presentKey(key, (await usageOf([key.id])).get(key.id), now);
}
