/** The operations of the CloudWatch Logs API that are built here. */
import { z, type ZodType } from 'zod';
import type { ModuleDependencies } from '../cloud/module.js';
import { AwsError, type Principal } from '../cloud/service.js';
import { checkedOperation, type JsonOperation } from '../kms/aws-json.js';
import { acceptBatch } from './log-batch.js';
import type { LogGroup, LogStore, LogStream } from './log-store.js';
import { filterLogEvents, getLogEvents } from './reading.js';

export const logGroupName = z
  .string()
  .regex(/^[.\-_/#A-Za-z0-9]{1,512}$/, 'a log group name has letters, digits and . - _ / #, at most 512');
const logStreamName = z.string().regex(/^[^:*]{1,512}$/, 'a log stream name has no : or *, at most 512 characters');
const time = z.number().int().min(0);
/** Either of the two names a group in reading operations. */
const groupNames = { logGroupName: logGroupName.optional(), logGroupIdentifier: z.string().optional() };
const descriptionPage = { limit: z.number().int().min(1).max(50).optional(), nextToken: z.string().optional() };

export interface LogOperations {
  readonly store: LogStore;
  readonly authorize: ModuleDependencies['authorize'];
  /** The ARN of a log group without a tail. */
  readonly groupArn: (name: string) => string;
  /** Milliseconds. */
  readonly clock: () => number;
}

/** The operations by name. */
export function logOperations({ store, authorize, groupArn, clock }: LogOperations): Readonly<Record<string, JsonOperation>> {
  function operation<Input>(
    name: string,
    schema: ZodType<Input>,
    run: (input: Input, principal: Principal) => object | Promise<object>,
  ): Record<string, JsonOperation> {
    return { [name]: checkedOperation(`logs ${name}`, 'InvalidParameterException', schema, run) };
  }

  /** AWS asks for each permission on a stream's ARN; for a whole group the stream is empty. That is why policies end in `:*`. */
  function authorizeOn(principal: Principal, action: string, groupName: string, streamName = ''): void {
    authorize(principal, `logs:${action}`, `${groupArn(groupName)}:log-stream:${streamName}`);
  }

  function namedGroup(principal: Principal, action: string, input: { logGroupName?: string | undefined; logGroupIdentifier?: string | undefined }, streamName?: string): LogGroup {
    const identifier = input.logGroupIdentifier?.replace(/^arn:aws:logs:[^:]*:\d*:log-group:([^:]+)(:\*)?$/, '$1');
    if ((input.logGroupName === undefined) === (identifier === undefined))
      throw new AwsError('InvalidParameterException', 'Give either logGroupName or logGroupIdentifier.', 400);
    const name = input.logGroupName ?? identifier ?? '';
    authorizeOn(principal, action, name, streamName);
    return existingGroup(store, name);
  }

  return {
    ...operation('CreateLogGroup', z.strictObject({ logGroupName, logGroupClass: z.literal('STANDARD').optional() }), async (input, principal) => {
      authorizeOn(principal, 'CreateLogGroup', input.logGroupName);
      if (store.group(input.logGroupName) !== undefined)
        throw new AwsError('ResourceAlreadyExistsException', 'The specified log group already exists', 400);
      await store.putGroup({ name: input.logGroupName, createdAt: clock() });
      return {};
    }),
    ...operation('DeleteLogGroup', z.strictObject({ logGroupName }), async (input, principal) => {
      authorizeOn(principal, 'DeleteLogGroup', input.logGroupName);
      await store.deleteGroup(existingGroup(store, input.logGroupName));
      return {};
    }),
    ...operation('CreateLogStream', z.strictObject({ logGroupName, logStreamName }), async (input, principal) => {
      authorizeOn(principal, 'CreateLogStream', input.logGroupName, input.logStreamName);
      const found = existingGroup(store, input.logGroupName);
      if (store.stream(found, input.logStreamName) !== undefined)
        throw new AwsError('ResourceAlreadyExistsException', 'The specified log stream already exists', 400);
      await store.createStream(found, input.logStreamName, clock(), true);
      return {};
    }),
    ...operation('DeleteLogStream', z.strictObject({ logGroupName, logStreamName }), async (input, principal) => {
      authorizeOn(principal, 'DeleteLogStream', input.logGroupName, input.logStreamName);
      const found = existingGroup(store, input.logGroupName);
      await store.deleteStream(found, existingStream(store, found, input.logStreamName));
      return {};
    }),
    ...operation(
      'PutLogEvents',
      z.strictObject({
        logGroupName,
        logStreamName,
        logEvents: z.array(z.strictObject({ timestamp: time, message: z.string().min(1) })).min(1),
        // AWS takes any token since 2023 and ignores it.
        sequenceToken: z.string().optional(),
      }),
      async (input, principal) => {
        authorizeOn(principal, 'PutLogEvents', input.logGroupName, input.logStreamName);
        const found = existingGroup(store, input.logGroupName);
        existingStream(store, found, input.logStreamName);
        const { accepted, rejected } = acceptBatch(input.logEvents, clock(), found.retentionInDays);
        await store.append(found, input.logStreamName, accepted, clock(), true);
        return rejected === undefined ? {} : { rejectedLogEventsInfo: rejected };
      },
    ),
    ...operation(
      'DescribeLogGroups',
      z.strictObject({ logGroupNamePrefix: z.string().optional(), logGroupNamePattern: z.string().optional(), ...descriptionPage }),
      (input, principal) => {
        authorizeOn(principal, 'DescribeLogGroups', input.logGroupNamePrefix ?? '');
        if (input.logGroupNamePrefix !== undefined && input.logGroupNamePattern !== undefined)
          throw new AwsError('InvalidParameterException', 'logGroupNamePrefix and logGroupNamePattern exclude each other.', 400);
        const groups = store
          .allGroups()
          .filter(({ name }) => name.startsWith(input.logGroupNamePrefix ?? ''))
          .filter(({ name }) => name.toLowerCase().includes((input.logGroupNamePattern ?? '').toLowerCase()));
        const { items, nextToken } = pageAfterName(groups, input);
        return {
          logGroups: items.map(({ name, createdAt, retentionInDays }) => ({
            logGroupName: name,
            creationTime: createdAt,
            retentionInDays,
            arn: `${groupArn(name)}:*`,
            logGroupArn: groupArn(name),
            logGroupClass: 'STANDARD',
          })),
          nextToken,
        };
      },
    ),
    ...operation(
      'DescribeLogStreams',
      z.strictObject({
        ...groupNames,
        logStreamNamePrefix: z.string().optional(),
        orderBy: z.enum(['LogStreamName', 'LastEventTime']).optional(),
        descending: z.boolean().optional(),
        ...descriptionPage,
      }),
      (input, principal) => {
        const found = namedGroup(principal, 'DescribeLogStreams', input);
        if (input.orderBy === 'LastEventTime' && input.logStreamNamePrefix !== undefined)
          throw new AwsError('InvalidParameterException', 'Cannot order by LastEventTime with a logStreamNamePrefix.', 400);
        const streams = store.streamsOf(found).filter(({ name }) => name.startsWith(input.logStreamNamePrefix ?? ''));
        if (input.orderBy === 'LastEventTime')
          streams.sort((one, other) => (one.lastEventAt ?? one.createdAt) - (other.lastEventAt ?? other.createdAt));
        if (input.descending === true) streams.reverse();
        const { items, nextToken } = pageAfterName(streams, input);
        return { logStreams: items.map((stream) => streamDescription(stream, groupArn(found.name))), nextToken };
      },
    ),
    ...operation(
      'GetLogEvents',
      z.strictObject({
        ...groupNames,
        logStreamName,
        startTime: time.optional(),
        endTime: time.optional(),
        nextToken: z.string().optional(),
        limit: z.number().int().min(1).max(10_000).optional(),
        startFromHead: z.boolean().optional(),
      }),
      async (input, principal) => {
        const found = namedGroup(principal, 'GetLogEvents', input, input.logStreamName);
        return getLogEvents(store, found, existingStream(store, found, input.logStreamName), input);
      },
    ),
    ...operation(
      'FilterLogEvents',
      z.strictObject({
        ...groupNames,
        logStreamNames: z.array(logStreamName).min(1).max(100).optional(),
        logStreamNamePrefix: z.string().min(1).optional(),
        startTime: time.optional(),
        endTime: time.optional(),
        filterPattern: z.string().max(1024).optional(),
        nextToken: z.string().optional(),
        limit: z.number().int().min(1).max(10_000).optional(),
        // Deprecated: AWS ignores it, and always interleaves.
        interleaved: z.boolean().optional(),
      }),
      async (input, principal) => filterLogEvents(store, namedGroup(principal, 'FilterLogEvents', input), input),
    ),
  };
}

/** @throws AwsError ResourceNotFoundException */
export function existingGroup(store: LogStore, name: string): LogGroup {
  const found = store.group(name);
  if (found === undefined) throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.', 400);
  return found;
}

function existingStream(store: LogStore, group: LogGroup, name: string): LogStream {
  const found = store.stream(group, name);
  if (found === undefined) throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.', 400);
  return found;
}

function streamDescription(stream: LogStream, arnOfGroup: string): object {
  return {
    logStreamName: stream.name,
    creationTime: stream.createdAt,
    firstEventTimestamp: stream.firstEventAt,
    lastEventTimestamp: stream.lastEventAt,
    lastIngestionTime: stream.lastIngestedAt,
    arn: `${arnOfGroup}:log-stream:${stream.name}`,
    storedBytes: 0, // AWS stopped counting a stream's bytes in 2019 and always answers 0.
  };
}

function pageAfterName<Item extends { readonly name: string }>(items: readonly Item[], page: { limit?: number | undefined; nextToken?: string | undefined }) {
  const start = page.nextToken === undefined ? 0 : items.findIndex(({ name }) => name === page.nextToken) + 1;
  const taken = items.slice(start, start + (page.limit ?? 50));
  return { items: taken, nextToken: start + taken.length < items.length ? taken.at(-1)?.name : undefined };
}
