/** How an adapter is described to those who set it up, and made from what they gave. */
import type * as z from 'zod/mini';
import { fieldProblems, type FieldProblem } from '../platform/field-problems.js';
import type { FaxProvider } from './provider.js';

export interface ConfigurationField {
  readonly name: string;
  /** What it is, and where a person finds it. */
  readonly description: string;
  /** Kept in Secrets Manager, and never shown again. */
  readonly secret: boolean;
  readonly required: boolean;
}

export interface Connection {
  /** Stands for the provider's official address: of a region, or of a simulator. */
  readonly endpoint: URL | undefined;
  /** Makes the passwords in callback addresses, where the provider signs nothing. */
  readonly callbackKey: string;
}

export interface Adapter {
  readonly id: string;
  readonly name: string;
  readonly fields: readonly ConfigurationField[];
  /** @returns what is wrong with the values, by the field's name */
  create(values: unknown, connection: Connection): FaxProvider | { readonly problems: readonly FieldProblem[] };
}

/** An adapter of one's own configuration, as the table of all adapters holds it. */
export function describeAdapter<Configuration extends Readonly<Record<string, unknown>>>(adapter: {
  readonly id: string;
  readonly name: string;
  readonly schema: z.ZodMiniType<Configuration>;
  readonly fields: Readonly<Record<keyof Configuration & string, Omit<ConfigurationField, 'name'>>>;
  readonly create: (configuration: Configuration, connection: Connection) => FaxProvider;
}): Adapter {
  const { id, name, schema, create } = adapter;
  const fields: Readonly<Record<string, Omit<ConfigurationField, 'name'>>> = adapter.fields;
  return {
    id,
    name,
    fields: Object.entries(fields).map(([field, words]) => ({ name: field, ...words })),
    create(values, connection) {
      const read = schema.safeParse(values);
      if (read.success) return create(read.data, connection);
      return { problems: fieldProblems(read.error.issues) };
    },
  };
}
