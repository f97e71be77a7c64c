/** What a manifest says of its provider, as far as its form has to know. The gateway judges the rest when it is saved. Pure. */
import { providerIdPattern, isBuiltIn } from '../../../lambdas/contract/providers.js';
import { readManifest } from './provider-draft.js';
import type { Provider } from './provider-words.js';

export type DescribedProvider = Pick<Provider, 'id' | 'name' | 'fields' | 'manifest'>;

/** @returns a sentence where it is no manifest */
export function describedBy(text: string): DescribedProvider | string {
  const manifest = readManifest(text);
  if (manifest === undefined) return 'This is no JSON object.';
  const { id, name, settings, secrets } = manifest;
  if (typeof id !== 'string' || !providerIdPattern.test(id)) return 'Its "id" must be a lower-case letter, then up to 30 letters, digits or hyphens.';
  if (isBuiltIn(id)) return `The gateway knows ${id} by itself: choose another id.`;
  return { id, name: typeof name === 'string' ? name : id, fields: [...fieldsIn(settings, false), ...fieldsIn(secrets, true)], manifest };
}

function fieldsIn(part: unknown, secret: boolean): Provider['fields'] {
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).map(([name, field]: [string, unknown]) => ({ name, description: wordsOf(field), secret, required: true, set: false, value: null }));
}

function wordsOf(field: unknown): string {
  return typeof field === 'object' && field !== null && 'words' in field && typeof field.words === 'string' ? field.words : '';
}
