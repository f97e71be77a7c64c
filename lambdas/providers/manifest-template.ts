/** The templates of a manifest: text with `{{placeholders}}` out of a closed set. Nothing is computed in them. */

/** What the gateway itself puts in. `secret.NAME` and `setting.NAME` come from the provider's configuration. */
export const gatewayPlaceholders = ['to', 'to_digits', 'attempt', 'document', 'callback_url', 'document_url', 'provider_id', 'started_at', 'until'] as const;
export type GatewayPlaceholder = (typeof gatewayPlaceholders)[number];

export type Placeholder =
  | { readonly kind: 'gateway'; readonly name: GatewayPlaceholder }
  | { readonly kind: 'secret' | 'setting'; readonly name: string }
  /** No text: braces that are not closed. */
  | { readonly kind: 'unknown'; readonly text: string | undefined };

/** Placeholder → its value, by the text between the braces. Undefined: there is none this time. */
export type Values = Readonly<Record<string, string | undefined>>;

const braces = /\{\{([^{}]*)\}\}/g;

/** The placeholders of a template, in their order, and an unknown one for braces that belong to none. */
export function placeholdersOf(template: string): Placeholder[] {
  const found = [...template.matchAll(braces)].map(([, text = '']) => placeholder(text));
  return /\{\{|\}\}/.test(template.replace(braces, '')) ? [...found, { kind: 'unknown', text: undefined }] : found;
}

function placeholder(text: string): Placeholder {
  const name = gatewayPlaceholders.find((one) => one === text);
  if (name !== undefined) return { kind: 'gateway', name };
  const [, kind, field] = /^(secret|setting)\.([A-Za-z][A-Za-z0-9_]{0,63})$/.exec(text) ?? [];
  return (kind === 'secret' || kind === 'setting') && field !== undefined ? { kind, name: field } : { kind: 'unknown', text };
}

/** The template with its values; undefined where one of them has none, so that the whole field is left out. */
export function fill(template: string, values: Values, encode: (text: string) => string = (text) => text): string | undefined {
  const value = (name: string): string | undefined => (Object.hasOwn(values, name) ? values[name] : undefined);
  if ([...template.matchAll(braces)].some(([, name = '']) => value(name) === undefined)) return undefined;
  return template.replace(braces, (_, name: string) => encode(value(name) ?? ''));
}
