/** Where a provider reports how a fax is doing. */
import type { AttemptId } from '../contract/identifiers.js';
import { operationIds, operations, type Operation, type OperationId } from '../contract/operations.js';
import { jsonMember } from '../platform/json-member.js';

const ownCallbacks = new Map(operationIds.flatMap((id): [string, OperationId][] => ownerOf(id)));

/** True for a provider whose reports have an operation of their own; all others report to the one that names them in its path. */
export function hasOwnCallback(provider: string): boolean {
  return ownCallbacks.has(provider);
}

/**
 * The address for one attempt. It carries the attempt's id, since a report can come before the provider's own id is stored; and it
 * is written so that nobody on the way writes it differently, since some providers sign it.
 * @param gateway the gateway's address, with the stage and without a slash at its end
 */
export function callbackAddress(gateway: string, provider: string, attempt: AttemptId): URL {
  return new URL(`${gateway}${callbackPath(provider)}?attempt=${attempt}`);
}

/**
 * Which provider is given its address. On one machine, the gateway's address at AWS is nobody's there, or a stranger's, who would hear of
 * faxes: it goes to what stands in for a provider on that machine alone.
 * @param endpoints provider → URL in place of its own address, as JSON
 */
export function callbackAddresses({ gateway, endpoints, onOneMachine }: { readonly gateway: string; readonly endpoints: string; readonly onOneMachine: boolean }) {
  const standIns: unknown = JSON.parse(endpoints);
  return (provider: string, attempt: AttemptId): URL | undefined =>
    !onOneMachine || jsonMember(standIns, provider) !== undefined ? callbackAddress(gateway, provider, attempt) : undefined;
}

/** Of all its attempts, below the gateway's address. */
export function callbackPath(provider: string): string {
  return operations[ownCallbacks.get(provider) ?? 'providerCallback'].path.replace('{id}', provider);
}

function ownerOf(id: OperationId): [string, OperationId][] {
  const { authentication }: Operation = operations[id];
  return authentication.kind === 'signature' && authentication.provider !== undefined ? [[authentication.provider, id]] : [];
}
