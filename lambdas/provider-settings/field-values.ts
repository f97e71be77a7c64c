/** The values of a provider's fields: those that stand with those of a request over them. Pure. */
import { isDeepStrictEqual } from 'node:util';
import type { FieldValue } from '../contract/provider-schemas.js';
import type { FieldProblem } from '../platform/field-problems.js';
import type { FieldValues, ProviderKind } from './provider-kind.js';

/** Under this name among a provider's secrets: made by the gateway, and told to nobody. */
export const callbackKeyName = 'callbackKey';

/** What stood, with what a request gives; null takes a value away. What the kind does not know (any more) is left out. */
export function mergedValues(kind: ProviderKind, before: FieldValues, given: Readonly<Record<string, FieldValue | null>>): FieldValues {
  return Object.fromEntries(
    kind.fields.flatMap(({ name }) => {
      const value = Object.hasOwn(given, name) ? given[name] : own(before, name);
      return value === null || value === undefined || value === '' ? [] : [[name, value]];
    }),
  );
}

/** True where a manifest sends what it is given to the same hosts as before: to others, nobody's secret may go without being given anew. */
export function goesToSameHosts(before: Readonly<Record<string, unknown>> | undefined, after: Readonly<Record<string, unknown>> | undefined): boolean {
  return isDeepStrictEqual(before?.['hosts'], after?.['hosts']);
}

/** What a request gives that the kind has no field for. */
export function unknownFields(kind: ProviderKind, given: object): FieldProblem[] {
  const names = kind.fields.map(({ name }) => name);
  return Object.keys(given)
    .filter((name) => !names.includes(name))
    .map((name) => ({ field: `fields.${name}`, message: `is no field of ${kind.name}: write ${names.length === 0 ? 'none' : `one of ${names.join(', ')}`}` }));
}

/** The names of the fields whose values differ. */
export function changedFields(kind: ProviderKind, before: FieldValues, after: FieldValues): string[] {
  return kind.fields.map(({ name }) => name).filter((name) => own(before, name) !== own(after, name));
}

/** The values apart: what is shown, and what goes into Secrets Manager. */
export function apart(kind: ProviderKind, values: FieldValues): { readonly fields: FieldValues; readonly secrets: Readonly<Record<string, string>> } {
  const secretNames = new Set(kind.fields.filter(({ secret }) => secret).map(({ name }) => name));
  const entries = Object.entries(values);
  return {
    fields: Object.fromEntries(entries.filter(([name]) => !secretNames.has(name))),
    secrets: Object.fromEntries(entries.filter(([name]) => secretNames.has(name)).map(([name, value]) => [name, String(value)])),
  };
}

const longestReason = 300;
/** A shorter one is no secret that a word of the provider could give away, and would tear its words apart. */
const shortestSecret = 4;

/** What a provider said, without any secret that it repeats: its words go into answers and logs. */
export function withoutSecrets(text: string, secrets: Readonly<Record<string, string>>): string {
  const longestFirst = Object.values(secrets)
    .filter((secret) => secret.length >= shortestSecret)
    .sort((one, other) => other.length - one.length);
  const clean = longestFirst.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
  return clean.replaceAll(/[\u0000-\u001f\u007f]+/g, ' ').slice(0, longestReason);
}

function own(values: FieldValues, name: string): FieldValue | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
