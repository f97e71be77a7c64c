/** A provider's form as it is typed, and as the gateway takes it. Pure. */
import { GatewayError, sentence } from '../gateway/gateway-error.js';
import type { Provider } from './provider-words.js';

export interface ProviderDraft {
  /** Of a secret, what is typed: empty leaves the saved one. */
  readonly fields: Readonly<Record<string, string>>;
  readonly manifest: string | undefined;
}

type Form = Pick<Provider, 'fields' | 'manifest'>;

export function draftOf({ fields, manifest }: Form): ProviderDraft {
  return {
    fields: Object.fromEntries(fields.map(({ name, value }) => [name, value === null ? '' : String(value)])),
    manifest: manifest === null ? undefined : JSON.stringify(manifest, undefined, 2),
  };
}

export function isChanged(draft: ProviderDraft, provider: Form): boolean {
  return JSON.stringify(draft) !== JSON.stringify(draftOf(provider));
}

/** The fields that are changed; an emptied one is taken away, unless it is a secret. */
export function writtenFields(draft: ProviderDraft, provider: Form): { readonly fields: Record<string, string | null>; readonly manifest?: Record<string, unknown> } {
  const before = draftOf(provider);
  const fields = Object.fromEntries(
    provider.fields.flatMap(({ name, secret }) => {
      const typed = (draft.fields[name] ?? '').trim();
      if (typed === before.fields[name] || (secret && typed === '')) return [];
      return [[name, typed === '' ? null : typed]];
    }),
  );
  const manifest = draft.manifest === before.manifest ? undefined : readManifest(draft.manifest ?? '');
  return { fields, ...(manifest === undefined ? {} : { manifest }) };
}

/** What is wrong, at its field. */
export function problemsOf(error: unknown, draft: ProviderDraft): { readonly fields: Readonly<Record<string, string>>; readonly manifest: string | undefined } {
  const told = error instanceof GatewayError ? error.fields : [];
  const at = (prefix: string): (readonly [string, string])[] =>
    told.filter(({ field }) => field.startsWith(prefix)).map(({ field, message }) => [field.slice(prefix.length), sentence(message)]);
  const [[place, message] = []] = at('manifest');
  const unreadable = draft.manifest !== undefined && readManifest(draft.manifest) === undefined ? 'This is no JSON object.' : undefined;
  return {
    fields: Object.fromEntries(at('fields.')),
    manifest: unreadable ?? (message === undefined ? undefined : `${(place ?? '').replace(/^\./, '')} ${message}`.trim()),
  };
}

export function readManifest(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
