/** A kind of provider as administration sees it: what it has to be given, and how one comes out of that. */
import type { FieldValue } from '../contract/provider-schemas.js';
import type { FieldProblem } from '../platform/field-problems.js';
import type { FaxProvider } from '../providers/provider.js';
import type { ConfigurationField } from '../providers/provider-configuration.js';

export type FieldValues = Readonly<Record<string, FieldValue>>;

export interface ProviderKind {
  readonly id: string;
  readonly name: string;
  readonly fields: readonly ConfigurationField[];
  /**
   * The provider with these values.
   * @param callbackKey makes the password in the addresses that it calls back at
   * @returns what is wrong with the values, by the field's name
   */
  open(values: FieldValues, callbackKey: string): FaxProvider | { readonly problems: readonly FieldProblem[] };
}

export interface ProviderCatalogue {
  /** Those that need no manifest, without the sandbox, which needs nothing at all. */
  readonly builtIn: readonly ProviderKind[];
  /** A provider of one's own. @returns what is wrong with the manifest, by the way to its part */
  fromManifest(id: string, manifest: Readonly<Record<string, unknown>>): ProviderKind | { readonly problems: readonly FieldProblem[] };
}
