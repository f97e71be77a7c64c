/** Which lines of a function's log the person at the machine should see: those at WARN and above, in one short line. Pure. */
import { isMembers, type JsonMembers } from '../kms/aws-json.js';

const levels = 'WARN|ERROR|CRITICAL|FATAL';
// Looked for first, as nearly every line is at INFO.
const jsonLevel = new RegExp(`"level":\\s*"(?:${levels})"`, 'i');
/** What the runtime writes in the text format: time, request, level, message. */
const textLine = new RegExp(`^[^\\t]+\\t[^\\t]+\\t(${levels})\\t(.*)$`, 's');
const longest = 240;
/** Node's warnings are about the Node of this machine, which is another one than the function's on AWS. */
const nodeWarning = /^\(node:\d+\) /;

/** `WARN function: message (reason)`; undefined for a line below WARN, or without a level. */
export function noticeOf(functionName: string, line: string): string | undefined {
  if (line.startsWith('{')) return jsonLevel.test(line) ? jsonNotice(functionName, line) : undefined;
  const [, level, message] = textLine.exec(line) ?? [];
  if (level === undefined || message === undefined || nodeWarning.test(message)) return undefined;
  return shortened(`${level} ${functionName}: ${message}`);
}

function jsonNotice(functionName: string, line: string): string | undefined {
  const entry = parsed(line);
  const level = textOf(entry['level'])?.toUpperCase();
  if (level === undefined || !new RegExp(`^(${levels})$`).test(level)) return undefined;
  // Lambda's own format puts an object that was logged into `message`.
  const { message: inner = entry } = entry;
  const said = isMembers(inner) ? inner : entry;
  const message = textOf(said['message']) ?? textOf(said['errorMessage']) ?? JSON.stringify(inner);
  if (nodeWarning.test(message)) return undefined;
  const reason = reasonOf(said);
  return shortened(`${level} ${functionName}: ${message}${reason === undefined || message.includes(reason) ? '' : ` (${reason})`}`);
}

/** The reason that the entry gives, or what its error says. */
function reasonOf(entry: JsonMembers): string | undefined {
  const { error } = entry;
  return textOf(entry['reason']) ?? (isMembers(error) ? textOf(error['message']) : textOf(error)) ?? textOf(entry['errorMessage']);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function parsed(line: string): JsonMembers {
  try {
    const value: unknown = JSON.parse(line);
    return isMembers(value) ? value : {};
  } catch {
    return {};
  }
}

/** A log must not move the cursor or break the line. */
function shortened(text: string): string {
  const oneLine = text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim();
  return oneLine.length <= longest ? oneLine : `${oneLine.slice(0, longest - 1)}…`;
}
