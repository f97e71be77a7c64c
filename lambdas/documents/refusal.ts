/** Why a document is not faxed: a reason for programs, a sentence for people. No content of the document stands in it. */

export type RefusalReason =
  | 'empty'
  | 'unsupported_type'
  | 'damaged'
  | 'password_protected'
  | 'too_complex'
  | 'no_pages'
  | 'too_many_pages'
  | 'not_utf8'
  | 'unprintable_characters'
  | 'nothing_to_print';

export interface Refusal {
  readonly kind: 'refused';
  readonly reason: RefusalReason;
  /** Public: says what is wrong and what to do. */
  readonly detail: string;
}

export const refused = (reason: RefusalReason, detail: string): Refusal => ({ kind: 'refused', reason, detail });

/** The contract's sentence; what follows it says more. */
export const unsupported = (more?: string): Refusal =>
  refused('unsupported_type', more === undefined ? 'Only PDF and TXT are allowed' : `Only PDF and TXT are allowed: ${more}`);
