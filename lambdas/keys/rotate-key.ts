/** The use cases of rotation: a new secret at once or with an overlap, its early end, its withdrawal. */
import type * as z from 'zod/mini';
import type { apiKeySchema, rotateApiKeySchema, rotatedApiKeySchema } from '../contract/key-schemas.js';
import { eventOf, type KeyAdministration, type KeyRequest } from './administration.js';
import { changeKey } from './change-key.js';
import type { ApiKey } from './key.js';
import { presentKey } from './present-key.js';
import { cancelled, finished, nextVersion, rotated } from './rotation.js';
import { hashToken } from './secret-hash.js';
import { createToken, recognizableParts } from './token.js';
import { ContractError } from '../contract/errors.js';
import { isKeyId } from '../contract/identifiers.js';

/**
 * Gives a key a new secret. Without an overlap the old one ends with the next request.
 * @throws ContractError as changeKey; key_not_active, rotation_in_progress
 */
export async function rotateKey(
  request: KeyRequest,
  id: string,
  { overlap_seconds: overlapSeconds }: z.output<typeof rotateApiKeySchema>,
  administration: KeyAdministration,
): Promise<z.output<typeof rotatedApiKeySchema>> {
  if (!isKeyId(id)) throw new ContractError('key_not_found');
  const { now } = request;
  const token = createToken(id);
  const secret = { ...hashToken(token, await administration.peppers()), ...recognizableParts(token), createdAt: now };
  const key = await changeKey(request, id, administration, (current) =>
    rotated(
      current,
      secret,
      { now, overlapSeconds },
      eventOf(
        {
          event: 'api_key_rotated',
          target_key_id: current.id,
          secret_version: nextVersion(current),
          ...(overlapSeconds === 0 ? {} : { overlap_seconds: overlapSeconds }),
        },
        request,
      ),
    ),
  );
  return { ...(await present(key, request, administration)), token };
}

/** Ends the older secret of an overlap now. @throws ContractError as changeKey; no_rotation, key_not_active */
export async function finishRotation(request: KeyRequest, id: string, administration: KeyAdministration): Promise<z.output<typeof apiKeySchema>> {
  const key = await changeKey(request, id, administration, (current) =>
    finished(current, request.now, eventOf({ event: 'api_key_rotation_finished', target_key_id: current.id, ...newestOf(current) }, request)),
  );
  return present(key, request, administration);
}

/** Takes the newer secret of an overlap back. @throws ContractError as changeKey; no_rotation, key_not_active */
export async function cancelRotation(request: KeyRequest, id: string, administration: KeyAdministration): Promise<z.output<typeof apiKeySchema>> {
  const key = await changeKey(request, id, administration, (current) =>
    cancelled(current, request.now, eventOf({ event: 'api_key_rotation_cancelled', target_key_id: current.id, ...newestOf(current) }, request)),
  );
  return present(key, request, administration);
}

function newestOf(key: ApiKey): { readonly secret_version: number } {
  return { secret_version: key.secrets.at(-1)?.version ?? 0 };
}

async function present(key: ApiKey, { now }: KeyRequest, { usageOf }: KeyAdministration): Promise<z.output<typeof apiKeySchema>> {
  return presentKey(key, (await usageOf([key.id])).get(key.id), now);
}
