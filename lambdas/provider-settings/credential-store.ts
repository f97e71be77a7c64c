/**
 * The secrets of all providers: one secret in Secrets Manager, a version for each change. Which version is in force, the
 * providers' item says (provider-settings.ts), never the secret's own labels: so both change in one write, or neither does.
 */
import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { putSecret, readSecret } from '../platform/secrets.js';

/** Provider → name of the secret → the secret. */
export type Credentials = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface CredentialStore {
  /** The secrets of a version; none where there is no version yet. A version never changes, so the last one is kept. */
  read(version: string | undefined): Promise<Credentials>;
  /** Adds a version, which nobody reads before it is put into force. @returns its id */
  add(credentials: Credentials): Promise<string>;
}

const stored = z.object({ v: z.literal(1), providers: z.record(z.string(), z.record(z.string(), z.string())) });

export function secretsManagerCredentialStore(secretId: string): CredentialStore {
  let last: { readonly version: string; readonly credentials: Promise<Credentials> } | undefined;
  const load = async (version: string): Promise<Credentials> => parsed(await readSecret(secretId, version));
  return {
    async read(version) {
      if (version === undefined) return {};
      if (last?.version !== version) {
        const mine = { version, credentials: load(version) };
        mine.credentials.catch(() => {
          if (last === mine) last = undefined;
        });
        last = mine;
      }
      return last.credentials;
    },

    async add(credentials) {
      const version = randomUUID();
      await putSecret(secretId, JSON.stringify({ v: 1, providers: credentials }), version);
      return version;
    },
  };
}

/** What is wrong with it may not be told: the words of a parser quote what they read. */
function parsed(text: string): Credentials {
  const value = z.safeParse(stored, jsonOrNothing(text));
  if (!value.success) throw new Error('The secret of the providers is not one of ours');
  return value.data.providers;
}

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
