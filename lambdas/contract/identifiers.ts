/** Branded identifiers: a key id can't be passed where a job id is wanted. */

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** 12 lower-case hex digits: the public part of `fbk_live_<id>_<secret>`. */
export type KeyId = Branded<'KeyId'>;
/** 32 lower-case hex digits. */
export type JobId = Branded<'JobId'>;
/** 32 lower-case hex digits: the public part of `fbs_<id>_<secret>`. */
export type SessionId = Branded<'SessionId'>;
/** One try at sending a job: `<job id>-<number>`. */
export type AttemptId = Branded<'AttemptId'>;
/** Whose faxes: a key sees those of its own owner only. */
export type Owner = Branded<'Owner'>;
/** What is dialled: `+` and 6 to 20 digits; E.164 where the number is a possible one. */
export type FaxNumber = Branded<'FaxNumber'>;

export const defaultOwner = brandOwner('default');

/** Of the faxes that come without a key, where none is required. */
export const anonymousOwner = brandOwner('anonymous');

/** True for 12 lower-case hex digits. */
export function isKeyId(text: string): text is KeyId {
  return /^[0-9a-f]{12}$/.test(text);
}

/** True for 32 lower-case hex digits. */
export function isJobId(text: string): text is JobId {
  return /^[0-9a-f]{32}$/.test(text);
}

/** True for a job's id and the number of one of its attempts. */
export function isAttemptId(text: string): text is AttemptId {
  return /^[0-9a-f]{32}-[1-9]\d{0,5}$/.test(text);
}

/** True for 32 lower-case hex digits. */
export function isSessionId(text: string): text is SessionId {
  return /^[0-9a-f]{32}$/.test(text);
}

/** True for 1 to 100 printable characters without blanks at either end. */
export function isOwner(text: string): text is Owner {
  return /^[!-~](?:[ -~]{0,98}[!-~])?$/.test(text) || unicodeOwner().test(text);
}

/** Not a literal: V8 builds the classes of Unicode when it reads one, a millisecond of each start, and nearly every owner is ASCII. */
function unicodeOwner(): RegExp {
  return new RegExp('^(?! )[\\p{L}\\p{N}\\p{P}\\p{S} ]{1,100}(?<! )$', 'u');
}

/** True for `+` and 6 to 20 digits, the original's pattern with its plus. */
export function isFaxNumber(text: string): text is FaxNumber {
  return /^\+\d{6,20}$/.test(text);
}

function brandOwner(text: string): Owner {
  if (!isOwner(text)) throw new Error(`Not an owner: ${text}`);
  return text;
}
