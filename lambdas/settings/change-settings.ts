/** The use cases that change the settings: a new version on top of the one that was read, whole or not at all. */
import { randomUUID } from 'node:crypto';
import type * as z from 'zod/mini';
import { auditEvent } from '../audit/event.js';
import { ContractError } from '../contract/errors.js';
import type { changedSettingsSchema, restoreSettingsSchema, SettingValues, updateSettingsSchema } from '../contract/settings-schemas.js';
import { actorOf } from '../platform/caller.js';
import { invalidRequest } from '../platform/field-problems.js';
import { log } from '../platform/log.js';
import type { SettingsAdministration, SettingsRequest } from './administration.js';
import { presentSettings } from './present-settings.js';
import { changesBetween, chosenOf, merged, refusedValues, valuesInForce, type ChosenSettings, type Deployment } from './setting-values.js';
import { settleSettings } from './settle-outbox.js';
import type { SettingsStore } from './settings-store.js';
import { versionOf, type CurrentSettings } from './settings-version.js';

type ChangedSettings = z.output<typeof changedSettingsSchema>;

/** Events wait with the settings while the audit trail can't take them. Settings that carry so many take no further change. */
const fullOutbox = 20;

/**
 * Changes the settings that are named, and leaves the others.
 * @throws ContractError settings_conflict, invalid_request, audit_unavailable
 */
export async function updateSettings(
  request: SettingsRequest,
  { version, values }: z.output<typeof updateSettingsSchema>,
  administration: SettingsAdministration,
): Promise<ChangedSettings> {
  const current = await currentAt(version, administration.store);
  const next = merged(valuesInForce(current?.chosen ?? {}, administration.deployment), values);
  const refused = refusedValues(next, administration.deployment).map(({ name, message }) => ({ field: `values.${name}`, message }));
  if (refused.length > 0) throw invalidRequest(refused);
  return putIntoForce(request, current, next, undefined, administration);
}

/**
 * Brings back what administrators had chosen in an earlier version; what followed its default then, follows it again.
 * @throws ContractError settings_conflict, invalid_request (no such version, or a value that this deployment refuses), audit_unavailable
 */
export async function restoreSettings(
  request: SettingsRequest,
  { version, restore_version: restored }: z.output<typeof restoreSettingsSchema>,
  administration: SettingsAdministration,
): Promise<ChangedSettings> {
  const current = await currentAt(version, administration.store);
  const next = valuesInForce(await chosenIn(restored, current, administration.store), administration.deployment);
  const refused = refusedValues(next, administration.deployment).map(({ name, message }) => ({ field: 'restore_version', message: `brings back ${name}, which ${message}` }));
  if (refused.length > 0) throw invalidRequest(refused);
  return putIntoForce(request, current, next, restored, administration);
}

async function currentAt(version: number, store: SettingsStore): Promise<CurrentSettings | undefined> {
  const current = await store.current();
  if (versionOf(current) !== version) throw conflict(version, current);
  return current;
}

function conflict(version: number, current: CurrentSettings | undefined): ContractError {
  return new ContractError('settings_conflict', { detail: `The settings are at version ${versionOf(current)}, not ${version}: read them again` });
}

/** Version 0 is the gateway before anybody changed a setting. */
async function chosenIn(version: number, current: CurrentSettings | undefined, store: SettingsStore): Promise<ChosenSettings> {
  if (version === 0) return {};
  if (version === current?.version) return current.chosen;
  const [archived] = version < versionOf(current) ? await store.archived([version]) : [];
  if (archived === undefined) {
    throw invalidRequest([{ field: 'restore_version', message: `must be a version that exists: 0 to ${versionOf(current)}` }]);
  }
  return archived.chosen;
}

/**
 * The version in force is archived first: so a crash in between leaves a copy of it and no gap, and every version but the
 * one in force stands in the archive. The write that counts is one: the next version, with its audit event.
 */
async function putIntoForce(
  request: SettingsRequest,
  current: CurrentSettings | undefined,
  values: SettingValues,
  restoredVersion: number | undefined,
  { store, publish, deployment }: SettingsAdministration,
): Promise<ChangedSettings> {
  const changes = changesBetween(valuesInForce(current?.chosen ?? {}, deployment), values);
  if (changes.length === 0) return { ...presentSettings(current, deployment), changes };
  if ((current?.outbox.length ?? 0) >= fullOutbox) {
    throw new ContractError('audit_unavailable', { detail: 'The audit trail takes no more changes of the settings at the moment: try again in a few minutes' });
  }
  const next = nextVersion(request, current, { values, changes, restoredVersion }, deployment);
  if (current !== undefined) await store.archive(current);
  if (!(await store.put(next))) {
    const now = await store.current();
    // A write whose answer got lost is made a second time, and finds itself.
    if (now?.changeId !== next.changeId) throw conflict(versionOf(current), now);
  }
  await settleNow(next, { store, publish });
  return { ...presentSettings(next, deployment), changes };
}

function nextVersion(
  { caller, origin, now }: SettingsRequest,
  current: CurrentSettings | undefined,
  { values, changes, restoredVersion }: { readonly values: SettingValues; readonly changes: ReturnType<typeof changesBetween>; readonly restoredVersion: number | undefined },
  deployment: Deployment,
): CurrentSettings {
  const version = versionOf(current) + 1;
  const actor = actorOf(caller);
  const event = auditEvent(
    { event: 'settings_changed', version, ...(restoredVersion === undefined ? {} : { restored_version: restoredVersion }), diff: changes },
    { actor, origin },
    { id: randomUUID(), now },
  );
  return {
    version,
    chosen: chosenOf(values, deployment),
    values,
    changes,
    changedAt: now,
    changedBy: actor,
    restoredVersion,
    changeId: event.event_id,
    outbox: [...(current?.outbox ?? []), event],
  };
}

/** The change stands: what its publication leaves undone, the sweeper finishes. */
async function settleNow(current: CurrentSettings, { store, publish }: Pick<SettingsAdministration, 'store' | 'publish'>): Promise<void> {
  try {
    await settleSettings(current, store, publish);
  } catch (error) {
    log.warn('The outbox of the settings is left to the sweeper', { version: current.version, reason: String(error) });
  }
}
