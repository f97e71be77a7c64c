/** Log groups, streams and events: limits, pages, search, retention, permissions, restarts. */
import {
  CloudWatchLogsClient, CreateLogGroupCommand, CreateLogStreamCommand, DeleteLogStreamCommand, DescribeLogGroupsCommand, DescribeLogStreamsCommand,
  FilterLogEventsCommand, DescribeMetricFiltersCommand, TestMetricFilterCommand, GetLogEventsCommand, PutLogEventsCommand, StartQueryCommand, type FilterLogEventsCommandOutput, type InputLogEvent,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Principal } from '../../local/cloud/service.js';
import { createLogs, type LogsModule } from '../../local/logs/logs.js';
import { startOneModule, type OneModule } from './one-module.js';

const hour = 3_600_000;
const day = 24 * hour;
const logGroupName = 'audit';
const logStreamName = 'today';
const groupArn = 'arn:aws:logs:us-east-1:000000000000:log-group:audit';
let now = Date.UTC(2030, 0, 15);
let cloud: OneModule<LogsModule>;
let client: CloudWatchLogsClient;
beforeEach(async () => {
  cloud = await startOneModule((dependencies) => createLogs({ ...dependencies, clock: () => now }));
  client = new CloudWatchLogsClient(cloud.function);
  await createGroup();
  await client.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
});
afterEach(async () => {
  client.destroy();
  await cloud.close();
});
const createGroup = (properties: Readonly<Record<string, unknown>> = { LogGroupName: logGroupName, RetentionInDays: 7 }) => cloud.create('AWS::Logs::LogGroup', properties, 'Audit');
const put = (logEvents: InputLogEvent[], stream = logStreamName) => client.send(new PutLogEventsCommand({ logGroupName, logStreamName: stream, logEvents }));
const numbered = (count: number, start = now): InputLogEvent[] => Array.from({ length: count }, (_, index) => ({ timestamp: start + index, message: `event ${index}` }));
const get = (parameters: object = {}) => client.send(new GetLogEventsCommand({ logGroupName, logStreamName, ...parameters }));
const filter = async (filterPattern: string) => (await client.send(new FilterLogEventsCommand({ logGroupName, filterPattern }))).events?.map(({ message }) => message);

test('a group is referred to by its name, and its ARN ends in :*', async () => {
  expect(await createGroup()).toEqual({ ref: 'audit', attributes: { Arn: `${groupArn}:*` } });
  expect(await createGroup({})).toMatchObject({ ref: 'Test-Audit' });
  expect((await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: 'aud' }))).logGroups).toMatchObject([{ logGroupName, retentionInDays: 7, arn: `${groupArn}:*` }]);
});

describe('PutLogEvents', () => {
  test('what was acknowledged is there after a restart', async () => {
    await put(numbered(3));
    await cloud.restart();
    expect((await get()).events?.map(({ message }) => message)).toEqual(['event 0', 'event 1', 'event 2']);
    expect((await client.send(new DescribeLogStreamsCommand({ logGroupName }))).logStreams).toMatchObject([{ logStreamName, firstEventTimestamp: now, lastEventTimestamp: now + 2 }]);
  });

  test('too new, too old and expired events are left out and named', async () => {
    const { rejectedLogEventsInfo } = await put([{ timestamp: now + hour, message: 'in time' }, { timestamp: now + 3 * hour, message: 'too new' }]);
    expect(rejectedLogEventsInfo).toEqual({ tooNewLogEventStartIndex: 1 });
    expect(await put([{ timestamp: now - 15 * day, message: 'too old' }])).toMatchObject({ rejectedLogEventsInfo: { tooOldLogEventEndIndex: 1, expiredLogEventEndIndex: 1 } });
    expect(await put([{ timestamp: now - 8 * day, message: 'expired' }])).toMatchObject({ rejectedLogEventsInfo: { expiredLogEventEndIndex: 1 } });
    expect(await filter('')).toEqual(['in time']);
  });

  test.each<[string, () => InputLogEvent[]]>([
    ['out of order', () => [{ timestamp: now, message: 'b' }, { timestamp: now - 1, message: 'a' }]],
    ['more than a day long', () => [{ timestamp: now - 25 * hour, message: 'a' }, { timestamp: now, message: 'b' }]],
    ['larger than 1 MB', () => [{ timestamp: now, message: 'x'.repeat(1_048_576 - 25) }]],
    ['of more than 10,000 events', () => numbered(10_001)],
    ['empty', () => []],
  ])('a batch that is %s is refused', async (_, events) => {
    await expect(put(events())).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  test('a missing stream or group is an error', async () => {
    await expect(put(numbered(1), 'missing')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('pages of a stream', () => {
  beforeEach(async () => {
    await put(numbered(5));
    await client.send(new CreateLogStreamCommand({ logGroupName, logStreamName: 'other' }));
    await put(numbered(5), 'other');
  });
  const messages = (page: Awaited<ReturnType<typeof get>>) => page.events?.map(({ message }) => message?.slice(6)).join('');

  test('forward from the head, until the token stays the same', async () => {
    const first = await get({ startFromHead: true, limit: 3 });
    const second = await get({ nextToken: first.nextForwardToken, limit: 3 });
    const end = await get({ nextToken: second.nextForwardToken });
    expect([first, second, end].map(messages)).toEqual(['012', '34', '']);
    expect(end.nextForwardToken).toBe(second.nextForwardToken);
    expect(messages(await get({ nextToken: end.nextBackwardToken, limit: 2 }))).toBe('34');
    await put([{ timestamp: now + 9, message: 'event 9' }]);
    expect(messages(await get({ nextToken: end.nextForwardToken }))).toBe('9');
  });

  test('backward from the newest, each page in order', async () => {
    const first = await get({ limit: 2 });
    const second = await get({ nextToken: first.nextBackwardToken, limit: 2 });
    const third = await get({ nextToken: second.nextBackwardToken, limit: 2 });
    const end = await get({ nextToken: third.nextBackwardToken, limit: 2 });
    expect([first, second, third, end].map(messages)).toEqual(['34', '12', '0', '']);
    expect(end.nextBackwardToken).toBe(third.nextBackwardToken);
  });

  test('of a span of time: its end is left out, in a search it is included', async () => {
    expect(messages(await get({ startTime: now + 1, endTime: now + 3 }))).toBe('12');
    const found = await client.send(new FilterLogEventsCommand({ logGroupName, logStreamNames: ['other'], startTime: now + 1, endTime: now + 3 }));
    expect(found.events).toHaveLength(3);
  });

  test('a search reads all streams by time, in pages', async () => {
    const seen: (string | undefined)[] = [];
    let nextToken: string | undefined;
    do {
      const page: FilterLogEventsCommandOutput = await client.send(new FilterLogEventsCommand({ logGroupName, limit: 3, nextToken }));
      seen.push(...(page.events ?? []).map(({ timestamp = 0, logStreamName: name }) => `${timestamp - now} ${name}`));
      ({ nextToken } = page);
    } while (nextToken !== undefined);
    expect(seen).toEqual([0, 1, 2, 3, 4].flatMap((index) => [`${index} today`, `${index} other`]));
  });

  test('a deleted stream takes its events with it', async () => {
    await client.send(new DeleteLogStreamCommand({ logGroupName, logStreamName: 'other' }));
    expect(await filter('')).toHaveLength(5);
  });
});

describe('search', () => {
  const lines = [
    'ERROR 42 could not send',
    '[ERROR] retry',
    'ERRORS were seen',
    JSON.stringify({ level: 'ERROR', job: { pages: 3, ids: ['a', 'b'] }, ok: false, by: null }),
    JSON.stringify({ level: 'INFO', job: { pages: 10 }, ok: true, 'key-id': 'fbk_live_1' }),
  ];
  beforeEach(async () => {
    await put(lines.map((message, index) => ({ timestamp: now + index, message })));
  });
  test.each<[string, number[]]>([
    ['ERROR', [0, 1, 3]],
    ['ERROR retry', [1]],
    ['ERROR -retry', [0, 3]],
    ['?retry ?send', [0, 1]],
    ['"could not"', [0]],
    ['"[ERROR]"', [1]],
    ['{ $.level = "ERROR" }', [3]],
    ['{ $.level = ERR* && $.job.pages <= 3 }', [3]],
    ['{ $.level != "ERROR" }', [4]],
    ['{ ($.job.pages > 3 || $.ok IS FALSE) && $.job.pages != 11 }', [3, 4]],
    ['{ $.job.ids[1] = "b" }', [3]],
    ['{ $.by IS NULL }', [3]],
    ['{ $.key-id NOT EXISTS }', [3]],
    ['{ $["key-id"] = "fbk_live_*" }', [4]],
    ['', [0, 1, 2, 3, 4]],
  ])('%s', async (pattern, expected) => {
    expect(await filter(pattern)).toEqual(expected.map((index) => lines[index]));
  });
  test.each([['a.b', 'InvalidParameterException'], ['{ $.a = }', 'InvalidParameterException'], ['{ $.a', 'InvalidParameterException'], ['%ERR.*%', 'NotImplemented'], ['[a, b]', 'NotImplemented'], ['ERROR ?a', 'NotImplemented']])(
    '%s is an error', async (pattern, name) => {
      await expect(filter(pattern)).rejects.toMatchObject({ name });
    },
  );
});

describe('a metric filter', () => {
  const refused = JSON.stringify({ event: 'auth_refused', reason: 'wrong_secret', actor: { type: 'none' } });
  const bootstrap = JSON.stringify({ event: 'key_created', actor: { type: 'bootstrap', id: 'bootstrap' } });
  const MetricTransformations = [{ MetricName: 'Refusals', MetricNamespace: 'Faxbot', MetricValue: '1', DefaultValue: 0 }];
  const createFilter = (properties: object) =>
    cloud.create('AWS::Logs::MetricFilter', { LogGroupName: logGroupName, FilterPattern: '{ $.event = "auth_refused" }', MetricTransformations, ...properties }, 'Refusals');

  test.each<[string, string[]]>([
    ['{ $.event = "auth_refused" }', [refused]],
    ['{ $.actor.type = "bootstrap" }', [bootstrap]],
    ['{ ($.event = "auth_refused") && ($.reason != "limited") }', [refused]],
    ['{ $.event = "auth_*" || $.actor.id = "bootstrap" }', [refused, bootstrap]],
    ['auth_refused', [refused]],
  ])('%s finds the same lines by TestMetricFilter and in the log', async (filterPattern, expected) => {
    const lines = [refused, bootstrap, 'auth refused in words'];
    await put(lines.map((message, index) => ({ timestamp: now + index, message })));
    const { matches } = await client.send(new TestMetricFilterCommand({ filterPattern, logEventMessages: lines }));
    expect(matches?.map(({ eventMessage }) => eventMessage)).toEqual(expected);
    expect(matches?.map(({ eventNumber }) => eventNumber)).toEqual(expected.map((line) => lines.indexOf(line) + 1));
    expect(await filter(filterPattern)).toEqual(expected);
  });

  test('is shown as the template declares it', async () => {
    expect(await createFilter({})).toEqual({ ref: 'Test-Refusals', attributes: {} });
    expect((await client.send(new DescribeMetricFiltersCommand({ logGroupName }))).metricFilters).toMatchObject([
      { filterName: 'Test-Refusals', filterPattern: '{ $.event = "auth_refused" }', logGroupName, metricTransformations: [{ metricName: 'Refusals', metricValue: '1', defaultValue: 0 }] },
    ]);
  });

  test.each<[string, object, RegExp]>([
    ['a pattern that does not parse', { FilterPattern: '{ $.event == }' }, /Invalid filter pattern/],
    ['a log group that is not there', { LogGroupName: 'missing' }, /log group does not exist/],
    ['a default value beside dimensions', { MetricTransformations: [{ ...MetricTransformations[0], Dimensions: [{ Key: 'reason', Value: '$.reason' }] }] }, /exclude each other/],
    ["a namespace of AWS", { MetricTransformations: [{ ...MetricTransformations[0], MetricNamespace: 'AWS/Lambda' }] }, /namespace of your own/],
    ['a property that is not known here', { ApplyOnTransformedLogs: true }, /ApplyOnTransformedLogs/],
  ])('with %s stops the deployment', async (_case, properties, message) => {
    await expect(createFilter(properties)).rejects.toThrow(message);
  });
});

test('what is older than the retention goes with the sweep', async () => {
  await put(numbered(2));
  now += 6 * day;
  await put([{ timestamp: now, message: 'new' }]);
  await cloud.module.sweep();
  expect(await filter('')).toHaveLength(3);
  now += 2 * day;
  await cloud.module.sweep();
  expect(await filter('')).toEqual(['new']);
});

test('each call asks for its action on the stream, or on the group with an empty stream', async () => {
  cloud.asked.length = 0;
  await put(numbered(1));
  await get();
  await filter('');
  expect(cloud.asked).toEqual([`logs:PutLogEvents ${groupArn}:log-stream:today`, `logs:GetLogEvents ${groupArn}:log-stream:today`, `logs:FilterLogEvents ${groupArn}:log-stream:`]);
  cloud.denied.add('logs:PutLogEvents');
  await expect(put(numbered(1))).rejects.toMatchObject({ name: 'AccessDeniedException' });
});

describe('the writer for functions and gateways', () => {
  const role: Principal = { kind: 'role', roleArn: 'arn:aws:iam::000000000000:role/Test', functionName: 'Test' };
  const events = [{ timestamp: 1, message: 'START' }];

  test('makes the stream, with the permissions of the role', async () => {
    cloud.asked.length = 0;
    await cloud.module.writer.put(role, logGroupName, 'new', events);
    await cloud.module.writer.put(role, logGroupName, 'new', events);
    expect(cloud.asked).toEqual(['CreateLogStream', 'PutLogEvents', 'PutLogEvents'].map((action) => `logs:${action} ${groupArn}:log-stream:new`));
    expect(await filter('START')).toHaveLength(2);
  });

  test('keeps the order of parallel writes over a restart', async () => {
    await Promise.all(Array.from({ length: 30 }, (_, index) => cloud.module.writer.put({ kind: 'service' }, logGroupName, 'access', [{ timestamp: now, message: `line ${index}` }])));
    await cloud.restart();
    const page = await get({ logStreamName: 'access' });
    expect(page.events?.map(({ message }) => message)).toEqual(Array.from({ length: 30 }, (_, index) => `line ${index}`));
  });

  test('refuses who may not, and a group that is not there', async () => {
    cloud.denied.add('logs:CreateLogStream');
    await expect(cloud.module.writer.put(role, logGroupName, 'denied', events)).rejects.toMatchObject({ code: 'AccessDeniedException' });
    await expect(cloud.module.writer.put({ kind: 'service' }, 'missing', 'x', events)).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  });
});

test('what is not built says so', async () => {
  await expect(client.send(new CreateLogGroupCommand({ logGroupName: 'x', kmsKeyId: 'k' }))).rejects.toMatchObject({ name: 'NotImplemented' });
  await expect(client.send(new StartQueryCommand({ logGroupName, startTime: 0, endTime: 1, queryString: 'fields @message' }))).rejects.toMatchObject({ name: 'NotImplemented' });
  await expect(createGroup({ LogGroupName: 'x', RetentionInDays: 8 })).rejects.toThrow();
  await expect(createGroup({ LogGroupName: 'x', DataProtectionPolicy: {} })).rejects.toThrow('DataProtectionPolicy');
});
