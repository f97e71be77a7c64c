/** Filter patterns of CloudWatch Logs: words and phrases; JSON patterns are in json-pattern.ts. */
import { AwsError } from '../cloud/service.js';
import { notImplemented } from '../kms/aws-json.js';
import { parseJsonPattern, type MessageFilter } from './json-pattern.js';

/**
 * The filter that a pattern describes; the empty pattern lets everything through.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 * @throws AwsError InvalidParameterException; NotImplemented for regular expressions and space-delimited patterns
 */
export function parseFilterPattern(pattern: string): MessageFilter {
  const trimmed = pattern.trim();
  if (trimmed === '' || trimmed === '""' || trimmed === '" "') return () => true;
  if (trimmed.startsWith('{')) return parseJsonPattern(trimmed);
  if (trimmed.startsWith('[')) throw notImplemented('space-delimited filter patterns ([a, b, ...])');
  return parseTerms(trimmed);
}

const termToken = /\s*([-?]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))(?=\s|$)/y;

function parseTerms(pattern: string): MessageFilter {
  const required: string[] = [];
  const excluded: string[] = [];
  const anyOf: string[] = [];
  termToken.lastIndex = 0;
  while (termToken.lastIndex < pattern.length) {
    const match = termToken.exec(pattern);
    if (match === null) throw invalid(`unbalanced quotes in ${pattern}`);
    const [, sign, quoted, bare] = match;
    if (bare?.includes('%')) throw notImplemented('regular expressions in filter patterns (%...%)');
    // As on AWS, a term with other characters must stand in quotes.
    if (bare !== undefined && !/^[\p{L}\p{N}_]+$/u.test(bare)) throw invalid(`Invalid character(s) in term '${bare}'`);
    const term = bare ?? quoted?.replace(/\\(.)/g, '$1') ?? '';
    (sign === '-' ? excluded : sign === '?' ? anyOf : required).push(term);
  }
  if (anyOf.length > 0 && required.length + excluded.length > 0)
    throw notImplemented('filter patterns that mix ?terms with other terms (AWS ignores the ?terms there)');
  return (message) =>
    required.every((term) => containsTerm(message, term)) &&
    !excluded.some((term) => containsTerm(message, term)) &&
    (anyOf.length === 0 || anyOf.some((term) => containsTerm(message, term)));
}

/** A term is found as a whole word: `ERROR` is in `[ERROR 1]`, but not in `ERRORS`; that is what %...% is for on AWS. */
function containsTerm(message: string, term: string): boolean {
  for (let at = message.indexOf(term); at !== -1; at = message.indexOf(term, at + 1)) {
    const end = at + term.length;
    const opens = !isWordCharacter(term.charAt(0)) || !isWordCharacter(message.charAt(at - 1));
    const closes = !isWordCharacter(term.charAt(term.length - 1)) || !isWordCharacter(message.charAt(end));
    if (opens && closes) return true;
  }
  return false;
}

function isWordCharacter(character: string): boolean {
  return /[\p{L}\p{N}_]/u.test(character);
}

function invalid(reason: string): AwsError {
  return new AwsError('InvalidParameterException', `Invalid filter pattern: ${reason}`, 400);
}
