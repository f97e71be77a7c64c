/** Functions: the Runtime API as AWS has it, and each way in which a handler can end. */
import { GetFunctionConfigurationCommand, InvokeCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { CloudWatchLogsClient, DescribeLogStreamsCommand, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import * as z from 'zod';
import { signedCaller, startCore, trustsLambda, type AssemblyParts, type CoreCloud } from './core-assembly.js';
import { nextAttempt, defaultRetryPolicy } from '../../local/lambda/asynchronous-invocations.js';
import { permits } from '../../local/lambda/permissions.js';

let cloud: CoreCloud | undefined;
afterEach(async () => {
  await cloud?.end();
  cloud = undefined;
});

const start = async (functions: AssemblyParts['functions'], more: AssemblyParts = {}): Promise<CoreCloud> =>
  (cloud = await startCore({ ...more, functions: functions ?? {} }));
const source = (body: string): string => `exports.handler = async (event, context) => { ${body} };`;

describe('the handler', () => {
  test('gets the event and a complete context, and its result is the answer', async () => {
    const { invoke } = await start({
      Echo: { source: source('return { event, context, left: context.getRemainingTimeInMillis() };') },
    });
    const { error, result } = await invoke('Echo', { a: ['ä', 1] });
    expect(error).toBeUndefined();
    expect(result).toEqual({
      event: { a: ['ä', 1] },
      left: expect.any(Number),
      context: {
        awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        callbackWaitsForEmptyEventLoop: true,
        functionName: 'Echo',
        functionVersion: '$LATEST',
        invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:Echo',
        logGroupName: '/test/Echo',
        logStreamName: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/Echo\[\$LATEST\][0-9a-f]{32}$/),
        memoryLimitInMB: '256',
      },
    });
  });

  test('has the environment of the template and of Lambda, and nothing of the machine', async () => {
    process.env['SECRET_OF_THE_MACHINE'] = 'x';
    const { invoke, endpointUrl } = await start({
      Env: { source: source('return process.env;'), properties: { Environment: { Variables: { TABLE: { Ref: 'AWS::Region' } } } } },
    });
    const { result } = await invoke('Env');
    expect(result).toMatchObject({ TABLE: 'us-east-1', AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: endpointUrl, TZ: ':UTC' });
    expect(Object.keys(Object(result)).filter((name) => !/^(_|AWS_|LAMBDA_|TABLE|TZ|LANG|PATH|HOME_NEVER)/.test(name))).toEqual([]);
  });

  test('may be an ES module, in a folder, or a nested export', async () => {
    const { invoke } = await start({
      Module: { source: 'export const handler = async () => "module";', file: 'main.mjs', properties: { Handler: 'main.handler' } },
      Nested: { source: 'exports.api = { handler: async () => "nested" };', properties: { Handler: 'index.api.handler' } },
    });
    expect((await invoke('Module')).result).toBe('module');
    expect((await invoke('Nested')).result).toBe('nested');
  });

  test('may take a callback where the runtime still has them', async () => {
    const callback = 'exports.handler = (event, context, done) => setTimeout(() => done(null, "called"), 5);';
    const { invoke } = await start({
      Old: { source: callback.replace('=> setTimeout', '=> { context.callbackWaitsForEmptyEventLoop = false; setTimeout').replace('5);', '5); };'), properties: { Runtime: 'nodejs22.x' } },
      New: { source: callback },
    });
    expect((await invoke('Old')).result).toBe('called');
    expect((await invoke('New')).result).toMatchObject({ errorType: 'Runtime.CallbackHandlerDeprecated' });
  });
});

describe('failures', () => {
  const failing = async (body: string, properties = {}) => {
    const running = await start({ F: { source: source(body), properties } });
    return { ...running, first: await running.invoke('F', {}), again: () => running.invoke('F', {}) };
  };

  test('an error that is thrown', async () => {
    const { first } = await failing('throw new TypeError("no good");');
    expect(first).toEqual({ error: 'Unhandled', result: { errorType: 'TypeError', errorMessage: 'no good', trace: expect.arrayContaining(['TypeError: no good']) } });
  });

  test('a handler that is missing, code that does not parse, a module that is not there', async () => {
    const { invoke } = await start({
      Missing: { source: 'exports.other = 1;' },
      Syntax: { source: 'exports.handler = = 1;' },
      Import: { source: 'require("nowhere");' },
      Init: { source: 'throw new Error("at start");' },
    });
    expect((await invoke('Missing')).result).toMatchObject({ errorType: 'Runtime.HandlerNotFound' });
    expect((await invoke('Syntax')).result).toMatchObject({ errorType: 'Runtime.UserCodeSyntaxError' });
    expect((await invoke('Import')).result).toMatchObject({ errorType: 'Runtime.ImportModuleError' });
    expect((await invoke('Init')).result).toMatchObject({ errorType: 'Error', errorMessage: 'at start' });
  });

  test('a process that exits; the next invocation gets a new one', async () => {
    const { first, again } = await failing('process.exit(3);');
    expect(first.result).toMatchObject({ errorType: 'Runtime.ExitError', errorMessage: expect.stringMatching(/^RequestId: [0-9a-f-]{36} Error: Runtime exited with error: exit status 3$/) });
    expect((await again()).result).toMatchObject({ errorType: 'Runtime.ExitError' });
  });

  test('a promise that nobody handles', async () => {
    const { first } = await failing('Promise.reject(new Error("lost")); await new Promise(() => {});');
    expect(first.result).toMatchObject({ errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: 'Error: lost' });
  });

  test.each(['await new Promise(() => setInterval(() => {}, 1000));', 'for (;;);'])('a hang ends at the timeout: %s', async (body) => {
    const { first, processes, warnings } = await failing(body, { Timeout: 1 });
    expect(first).toEqual({ error: 'Unhandled', result: { errorType: 'Sandbox.Timedout', errorMessage: expect.stringMatching(/ Error: Task timed out after 1\.00 seconds$/) } });
    expect(warnings).toEqual([]);
    expect(processes.size).toBeLessThanOrEqual(1);
  });

  test('more memory than the function has', async () => {
    const { first } = await failing('const kept = []; for (;;) { kept.push(Buffer.alloc(8e6, 1)); await new Promise((go) => setTimeout(go, 5)); }', { MemorySize: 128 });
    expect(first.result).toMatchObject({ errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('signal: killed') });
  });

  test('an answer over 6 MB, a request over 6 MB', async () => {
    const { first, lambda } = await failing('return "x".repeat(6.1e6 + 200000);');
    expect(first.result).toMatchObject({ errorType: 'Function.ResponseSizeTooLarge' });
    const tooMuch = new InvokeCommand({ FunctionName: 'F', Payload: Buffer.from(JSON.stringify('x'.repeat(6_291_456))) });
    await expect(lambda.send(tooMuch)).rejects.toMatchObject({ name: 'RequestEntityTooLargeException' });
  });
});

describe('environments', () => {
  test('keep their memory from one invocation to the next', async () => {
    const { invoke } = await start({ Count: { source: 'let count = 0; exports.handler = async () => ++count;' } });
    for (const expected of [1, 2, 3]) expect((await invoke('Count')).result).toBe(expected);
  });

  // The handler takes longer than an invocation waits for an environment on a busy machine.
  test('take one invocation at a time; overlapping ones get processes of their own', async () => {
    const { invoke } = await start({
      Slow: { source: 'let busy = 0; exports.handler = async () => { busy += 1; await new Promise((go) => setTimeout(go, 2000)); const seen = busy; busy -= 1; return [process.pid, seen]; };' },
    });
    const [one, other] = await Promise.all([invoke('Slow'), invoke('Slow')]);
    const seen = z.tuple([z.number(), z.literal(1)]);
    expect(seen.parse(one.result)[0]).not.toBe(seen.parse(other.result)[0]);
  });

  test('are not more than fit: an idle one of another function makes room', async () => {
    cloud = await startCore({ functions: { A: { source: source('return "a";') }, B: { source: source('return "b";') } } }, { maximumEnvironments: 1 });
    const { invoke, processes } = cloud;
    for (const [name, expected] of [['A', 'a'], ['B', 'b'], ['A', 'a']] as const) {
      expect((await invoke(name)).result).toBe(expected);
      expect(processes.size).toBe(1);
    }
  });

  test('are limited by reserved concurrency: the rest is throttled', async () => {
    const { invoke } = await start({
      One: { source: source('await new Promise((go) => setTimeout(go, 300));'), properties: { ReservedConcurrentExecutions: 1 } },
      None: { source: source(''), properties: { ReservedConcurrentExecutions: 0 } },
    });
    const running = invoke('One');
    await expect(invoke('One')).rejects.toMatchObject({ name: 'TooManyRequestsException' });
    await expect(invoke('None')).rejects.toMatchObject({ name: 'TooManyRequestsException' });
    await running;
  });

  test('end with the cloud, even those that hang', async () => {
    const running = await start({ Hang: { source: source('for (;;);') } });
    const pending = running.invoke('Hang').catch(() => undefined);
    while (running.processes.size === 0) await new Promise((go) => setTimeout(go, 10));
    const [processId = 0] = running.processes;
    await running.end();
    cloud = undefined;
    await pending;
    expect(() => process.kill(processId, 0)).toThrow();
  });
});

describe('logs', () => {
  const logsOf = async (running: CoreCloud, group: string, count: number): Promise<string[]> => {
    const client = new CloudWatchLogsClient({ endpoint: running.endpointUrl, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } });
    try {
      for (;;) {
        const { events = [] } = await client.send(new FilterLogEventsCommand({ logGroupName: group }));
        if (events.length >= count) return events.map(({ message = '' }) => message);
        await new Promise((go) => setTimeout(go, 20));
      }
    } finally {
      client.destroy();
    }
  };

  test('text: START, what was printed, END and REPORT', async () => {
    const running = await start({ Talk: { source: source('console.log("one\\ntwo"); process.stdout.write("raw\\n");') } });
    await running.invoke('Talk');
    const lines = await logsOf(running, '/test/Talk', 5);
    expect(lines[0]).toMatch(/^START RequestId: [0-9a-f-]{36} Version: \$LATEST$/);
    expect(lines[1]).toMatch(/Z\t[0-9a-f-]{36}\tINFO\tone\rtwo$/);
    expect(lines[2]).toBe('raw');
    expect(lines[3]).toMatch(/^END RequestId: /);
    expect(lines[4]).toMatch(/^REPORT RequestId: .*\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 256 MB\tMax Memory Used: \d+ MB\tInit Duration: /);
  });

  test('JSON: platform events, and levels that are filtered', async () => {
    const logging = { LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'WARN', LogGroup: { Ref: 'TalkLog' } } };
    const running = await start({ Talk: { source: source('console.info("hidden"); console.warn({ a: 1 });'), properties: logging } });
    await running.invoke('Talk');
    const [started, warning, report] = (await logsOf(running, '/test/Talk', 3)).map((line): unknown => JSON.parse(line));
    expect(started).toMatchObject({ type: 'platform.start', record: { version: '$LATEST' } });
    expect(warning).toMatchObject({ level: 'WARN', message: { a: 1 }, requestId: expect.any(String) });
    expect(report).toMatchObject({ type: 'platform.report', record: { status: 'success', metrics: { memorySizeMB: 256 } } });
  });

  test('a role that may not write logs writes none, and the person is told once', async () => {
    const mute = { Role: { 'Fn::GetAtt': ['MuteRole', 'Arn'] } };
    const running = await start(
      { Talk: { source: source('console.log("x");'), properties: mute } },
      { resources: { MuteRole: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trustsLambda } } } },
    );
    await running.invoke('Talk');
    await running.invoke('Talk');
    const { end, warnings } = running;
    const client = new CloudWatchLogsClient({ endpoint: running.endpointUrl, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } });
    while (warnings.length === 0) await new Promise((go) => setTimeout(go, 20));
    expect((await client.send(new DescribeLogStreamsCommand({ logGroupName: '/test/Talk' }))).logStreams).toEqual([]);
    client.destroy();
    await end();
    cloud = undefined;
    expect(warnings).toEqual([expect.stringContaining('is not authorized to perform: logs:')]);
  });
});

describe('who may use it', () => {
  test('Lambda takes only roles that trust it', async () => {
    const properties = { Role: { 'Fn::GetAtt': ['Other', 'Arn'] } };
    const Other = { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'scheduler.amazonaws.com' } }] } } };
    await expect(start({ F: { source: '', properties } }, { resources: { Other } })).rejects.toThrow('F (AWS::Lambda::Function): The role defined for the function cannot be assumed by Lambda.');
  });

  test('a permission covers its service, its source with wildcards, and its account', () => {
    const permission = { principal: 'apigateway.amazonaws.com', sourceArn: 'arn:aws:execute-api:us-east-1:000000000000:abc/*/GET/fax/*', sourceAccount: undefined };
    const call = { principal: 'apigateway.amazonaws.com', sourceArn: 'arn:aws:execute-api:us-east-1:000000000000:abc/api/GET/fax/{id}', sourceAccount: '000000000000' };
    expect(permits([permission], call)).toBe(true);
    expect(permits([permission], { ...call, principal: 'events.amazonaws.com' })).toBe(false);
    expect(permits([permission], { ...call, sourceArn: call.sourceArn.replace('abc', 'other') })).toBe(false);
    expect(permits([{ ...permission, sourceAccount: '111111111111' }], call)).toBe(false);
    expect(permits([], call)).toBe(false);
  });

  test('a function may invoke another only with its role’s permission', async () => {
    const call = { service: 'lambda', method: 'POST', path: '/2015-03-31/functions/Target/invocations', body: '{}', headers: { 'Content-Type': 'application/json' } };
    const arn = { 'Fn::GetAtt': ['Target', 'Arn'] };
    const { invoke } = await start({
      Target: { source: source('return "reached";') },
      May: { source: signedCaller, statements: [{ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: arn }] },
      MayNot: { source: signedCaller },
    });
    expect((await invoke('May', call)).result).toEqual({ status: 200, body: '"reached"' });
    expect((await invoke('MayNot', call)).result).toEqual({
      status: 403,
      body: expect.stringMatching(/User: arn:aws:sts::000000000000:assumed-role\/Test-MayNotRole\/MayNot is not authorized to perform: lambda:InvokeFunction on resource: arn:aws:lambda:us-east-1:000000000000:function:Target because no identity-based policy allows/),
    });
  });
});

describe('the API', () => {
  test('lists and describes functions', async () => {
    const { lambda } = await start({ F: { source: source('') } });
    expect((await lambda.send(new ListFunctionsCommand({}))).Functions?.map(({ FunctionName }) => FunctionName)).toEqual(['F']);
    expect(await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'F' }))).toMatchObject({ MemorySize: 256, Timeout: 10 });
    await expect(lambda.send(new InvokeCommand({ FunctionName: 'Nobody' }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('an event is taken at once and runs', async () => {
    const { lambda, invoke } = await start({ F: { source: 'let events = []; exports.handler = async (event) => events.push(event.n) && events;' } });
    const answer = await lambda.send(new InvokeCommand({ FunctionName: 'F', InvocationType: 'Event', Payload: Buffer.from('{"n":1}') }));
    expect(answer.StatusCode).toBe(202);
    for (;;) {
      const { result } = await invoke('F', { n: 2 });
      if (Array.isArray(result) && result.includes(1)) break;
    }
  });

  test('a failed event is tried again after one and after two minutes, then given up', () => {
    const at = (failures: number, now: number) => nextAttempt({ acceptedAt: 0, failures }, 'failed', defaultRetryPolicy, now);
    expect([at(0, 1000), at(1, 61_000), at(2, 200_000)]).toEqual([61_000, 181_000, undefined]);
    expect(nextAttempt({ acceptedAt: 0, failures: 0 }, 'throttled', { maximumRetryAttempts: 0, maximumEventAgeSeconds: 60 }, 58_000)).toBe(59_000);
    expect(nextAttempt({ acceptedAt: 0, failures: 0 }, 'throttled', { maximumRetryAttempts: 0, maximumEventAgeSeconds: 60 }, 60_000)).toBeUndefined();
  });
});

test.each([
  [{ Layers: ['arn:layer'] }, 'no layers'],
  [{ DeadLetterConfig: { TargetArn: 'x' } }, 'DeadLetterConfig'],
  [{ Runtime: 'python3.13' }, 'Runtime'],
  [{ Environment: { Variables: { AWS_REGION: 'x' } } }, 'reserves the environment variables AWS_REGION'],
])('a function with %j stops the start', async (properties, message) => {
  await expect(start({ F: { source: '', properties } })).rejects.toThrow(message);
});

test('an asset that is missing stops the start', async () => {
  await expect(start({ F: { source: '', properties: { Code: { S3Bucket: 'assets', S3Key: 'gone.zip' } } } })).rejects.toThrow('no asset gone.zip');
});
