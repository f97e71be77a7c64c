/** A change of the providers: the next version on top of the one that was read, whole or not at all. */
import { randomUUID } from 'node:crypto';
import { auditEvent, type AuditedFact } from '../audit/event.js';
import { ContractError } from '../contract/errors.js';
import { actorOf } from '../platform/caller.js';
import { log } from '../platform/log.js';
import type { ProviderAdministration, ProviderRequest } from './administration.js';
import type { ProviderSettingsStore } from './provider-settings-store.js';
import { versionOf, type ProviderSettings } from './provider-settings.js';
import { settleProviders } from './settle-outbox.js';

/** Events wait with the providers while the audit trail can't take them. Those that carry so many take no further change. */
const fullOutbox = 20;

/**
 * The providers in force, for a change on top of `version`; undefined: of whatever is in force.
 * @throws ContractError settings_conflict, audit_unavailable
 */
export async function currentFor(version: number | undefined, store: ProviderSettingsStore): Promise<ProviderSettings | undefined> {
  const current = await store.current();
  if (version !== undefined && versionOf(current) !== version) throw conflict(version, current);
  if ((current?.outbox.length ?? 0) >= fullOutbox) {
    throw new ContractError('audit_unavailable', { detail: 'The audit trail takes no more changes of the providers at the moment: try again in a few minutes' });
  }
  return current;
}

type Changeable = Pick<ProviderSettings, 'order' | 'configured' | 'secretVersion'>;
type ProviderFact = Extract<AuditedFact, { readonly event: 'provider_saved' | 'provider_removed' | 'provider_order_changed' }>;
type Undated<Fact> = Fact extends unknown ? Omit<Fact, 'version'> : never;

/**
 * Puts a change into force with its audit event, in one write.
 * @throws ContractError settings_conflict where somebody else was faster
 */
export async function putIntoForce(
  { caller, origin, now }: ProviderRequest,
  current: ProviderSettings | undefined,
  change: Partial<Changeable>,
  fact: Undated<ProviderFact>,
  { store, publish }: Pick<ProviderAdministration, 'store' | 'publish'>,
): Promise<ProviderSettings> {
  const version = versionOf(current) + 1;
  const event = auditEvent({ ...fact, version }, { actor: actorOf(caller), origin }, { id: randomUUID(), now });
  const next: ProviderSettings = {
    order: current?.order,
    configured: current?.configured ?? {},
    secretVersion: current?.secretVersion,
    ...change,
    version,
    changeId: event.event_id,
    outbox: [...(current?.outbox ?? []), event],
  };
  if (!(await store.put(next))) {
    const found = await store.current();
    // A write whose answer got lost is made a second time, and finds itself.
    if (found?.changeId !== next.changeId) throw conflict(versionOf(current), found);
  }
  try {
    await settleProviders(next, store, publish);
  } catch (error) {
    log.warn('The outbox of the providers is left to the sweeper', { version, reason: String(error) });
  }
  return next;
}

function conflict(version: number, current: ProviderSettings | undefined): ContractError {
  return new ContractError('settings_conflict', { detail: `The providers are at version ${versionOf(current)}, not ${version}: read them again` });
}
