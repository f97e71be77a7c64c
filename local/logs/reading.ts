/** GetLogEvents and FilterLogEvents: pages of events and the tokens between them. */
import { AwsError } from '../cloud/service.js';
import { parseFilterPattern } from './filter-pattern.js';
import { positionOf, type LogGroup, type LogStore, type LogStream, type StoredEvent } from './log-store.js';

const maximumEvents = 10_000;
const maximumBytes = 1_048_576;

export interface GetLogEventsInput {
  readonly startTime?: number | undefined;
  readonly endTime?: number | undefined;
  readonly limit?: number | undefined;
  readonly startFromHead?: boolean | undefined;
  readonly nextToken?: string | undefined;
}

/**
 * One page of a stream. Reading on to an end gives back the token that was sent: that is how clients see the end.
 * Tokens are positions between events: `f/` reads on after it, `b/` back before it.
 * @throws AwsError InvalidParameterException
 */
export async function getLogEvents(store: LogStore, group: LogGroup, stream: LogStream, input: GetLogEventsInput): Promise<object> {
  const start = positionOf(input.startTime ?? 0);
  const end = input.endTime === undefined ? '~' : positionOf(input.endTime);
  const [direction, position] = parseToken(input.nextToken) ?? [input.startFromHead === true ? 'f' : 'b', input.startFromHead === true ? start : end];
  const newestFirst = direction === 'b';
  const range = newestFirst ? { after: start, before: position, newestFirst } : { after: position, before: end };
  const page = await takePage(store.events(group, clamped(range, stream), new Set([stream.id])), input.limit);
  if (newestFirst) page.reverse();
  const [first, last] = [page[0], page.at(-1)];
  return {
    events: page.map(({ timestamp, message, ingestedAt }) => ({ timestamp, message, ingestionTime: ingestedAt })),
    nextForwardToken: `f/${last === undefined ? position : last.position}`,
    // `~` sorts after every position that begins the same, so an empty page's way back includes the last event read.
    nextBackwardToken: `b/${first === undefined ? `${position}${newestFirst || position.endsWith('~') ? '' : '~'}` : first.position}`,
  };
}

export interface FilterLogEventsInput {
  readonly logStreamNames?: readonly string[] | undefined;
  readonly logStreamNamePrefix?: string | undefined;
  readonly startTime?: number | undefined;
  readonly endTime?: number | undefined;
  readonly filterPattern?: string | undefined;
  readonly limit?: number | undefined;
  readonly nextToken?: string | undefined;
}

/**
 * One page of a group's events that match, by time. Unlike GetLogEvents, endTime is included, as on AWS.
 * @throws AwsError InvalidParameterException, ResourceNotFoundException for a stream that is not there
 */
export async function filterLogEvents(store: LogStore, group: LogGroup, input: FilterLogEventsInput): Promise<object> {
  const matches = parseFilterPattern(input.filterPattern ?? '');
  const streams = selectStreams(store, group, input);
  const names = new Map(streams.map(({ id, name }) => [id, name]));
  const after = input.nextToken ?? positionOf(input.startTime ?? 0);
  const before = input.endTime === undefined ? '~' : positionOf(input.endTime + 1);
  const wanted = streams.length === store.streamsOf(group).length ? undefined : new Set(names.keys());
  const size = input.limit ?? maximumEvents;
  const found = await takePage(only(store.events(group, { after, before }, wanted), matches, names), size + 1);
  const page = found.slice(0, size);
  return {
    events: page.map(({ timestamp, message, ingestedAt, position, streamId }) => ({
      logStreamName: names.get(streamId) ?? '',
      timestamp,
      message,
      ingestionTime: ingestedAt,
      eventId: position.replace(/\D/g, '').padStart(56, '3'),
    })),
    searchedLogStreams: [],
    nextToken: found.length > page.length || found.full ? page.at(-1)?.position : undefined,
  };
}

async function* only(events: AsyncIterable<StoredEvent>, matches: (message: string) => boolean, names: ReadonlyMap<string, string>) {
  for await (const event of events) if (names.has(event.streamId) && matches(event.message)) yield event;
}

/** Takes events until the limit or 1 MB; `full` says that the size ended it. */
async function takePage(events: AsyncIterable<StoredEvent>, limit = maximumEvents): Promise<StoredEvent[] & { full?: boolean }> {
  const page: StoredEvent[] & { full?: boolean } = [];
  let bytes = 0;
  for await (const event of events) {
    bytes += Buffer.byteLength(event.message) + 26;
    if (bytes > maximumBytes && page.length > 0) {
      page.full = true;
      break;
    }
    page.push(event);
    if (page.length >= limit) break;
  }
  return page;
}

/** A stream's own first and last times bound the search among the events of its group. */
function clamped<Range extends { readonly after: string; readonly before: string }>(range: Range, stream: LogStream): Range {
  const first = positionOf(stream.firstEventAt ?? 0);
  const last = positionOf((stream.lastEventAt ?? 0) + 1);
  return { ...range, after: range.after > first ? range.after : first, before: range.before < last ? range.before : last };
}

function parseToken(token: string | undefined): readonly ['f' | 'b', string] | undefined {
  if (token === undefined) return undefined;
  const match = /^([fb])\/([\w~]+)$/.exec(token);
  if (match === null) throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.', 400);
  return [match[1] === 'f' ? 'f' : 'b', match[2] ?? ''];
}

function selectStreams(store: LogStore, group: LogGroup, input: FilterLogEventsInput): readonly LogStream[] {
  const { logStreamNames: names, logStreamNamePrefix: prefix } = input;
  if (names !== undefined && prefix !== undefined)
    throw new AwsError('InvalidParameterException', 'logStreamNames and logStreamNamePrefix exclude each other.', 400);
  if (names === undefined) return store.streamsOf(group).filter(({ name }) => name.startsWith(prefix ?? ''));
  return names.map((name) => {
    const stream = store.stream(group, name);
    if (stream === undefined) throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.', 400);
    return stream;
  });
}
