/** Rotation of secrets: the four steps, retries, schedules, restarts. The functions are callbacks here; secretsmanager-rotator.test.ts runs a real one. */
import {
  CancelRotateSecretCommand, DescribeSecretCommand, GetSecretValueCommand, PutSecretValueCommand, RotateSecretCommand, SecretsManagerClient,
  UpdateSecretVersionStageCommand, type RotateSecretCommandInput,
} from '@aws-sdk/client-secrets-manager';
import type { InvocationOutcome, Invoker } from '../../local/cloud/function-invoker.js';
import type { CloudModule } from '../../local/cloud/module.js';
import { AwsError } from '../../local/cloud/service.js';
import { createSecretsManager } from '../../local/secretsmanager/secretsmanager.js';
import type { Timers } from '../../local/scheduler/timers.js';
import { containing, startOneModule, type OneModule } from './one-module.js';

const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:rotate';
const SecretId = 'Test-Key';
const hour = 3_600_000;
const day = 24 * hour;
const startedAt = Date.UTC(2030, 0, 15, 10, 30);
const RotationRules = { AutomaticallyAfterDays: 30 };
const token = (digit: number) => String(digit).repeat(32);

/** A clock that a test moves: what falls due on the way runs. */
class TestTimers implements Timers {
  #now = startedAt;
  readonly #waiting = new Set<{ at: number; run: () => void }>();
  now = () => this.#now;
  after(milliseconds: number, run: () => void) {
    const timer = { at: this.#now + milliseconds, run };
    this.#waiting.add(timer);
    return () => { this.#waiting.delete(timer); };
  }
  advance(milliseconds: number) {
    this.#now += milliseconds;
    for (const timer of [...this.#waiting].filter(({ at }) => at <= this.#now)) {
      this.#waiting.delete(timer);
      timer.run();
    }
  }
}

interface Event { readonly Step: string; readonly SecretId: string; readonly ClientRequestToken: string }
const isEvent = (value: unknown): value is Event => typeof value === 'object' && value !== null && 'Step' in value && 'ClientRequestToken' in value;

let timers: TestTimers;
let events: Event[];
let invokers: Invoker[];
let said: string[];
/** What the fake function does beside the work of its step; throws to fail. */
let inStep: (event: Event) => void | Promise<void>;
let mayInvoke: boolean;
let cloud: OneModule<CloudModule>;
let client: SecretsManagerClient;

/** A rotation function that does its work as AWS's template does. */
async function rotate(event: Event): Promise<void> {
  const { SecretId: id, ClientRequestToken } = event;
  await inStep(event);
  if (event.Step === 'createSecret')
    await client.send(new PutSecretValueCommand({ SecretId: id, ClientRequestToken, SecretString: `made by ${ClientRequestToken}`, VersionStages: ['AWSPENDING'] }));
  if (event.Step === 'testSecret')
    await client.send(new GetSecretValueCommand({ SecretId: id, VersionId: ClientRequestToken, VersionStage: 'AWSPENDING' }));
  if (event.Step === 'finishSecret') {
    const { VersionId } = await client.send(new GetSecretValueCommand({ SecretId: id }));
    await client.send(new UpdateSecretVersionStageCommand({ SecretId: id, VersionStage: 'AWSCURRENT', MoveToVersionId: ClientRequestToken, RemoveFromVersionId: VersionId }));
  }
}

beforeEach(async () => {
  timers = new TestTimers();
  [events, invokers, said, mayInvoke] = [[], [], [], true];
  inStep = () => undefined;
  cloud = await startOneModule((dependencies) =>
    createSecretsManager({
      ...dependencies,
      timers,
      report: (sentence) => said.push(sentence),
      assertMayInvoke: (_arn, invoker) => {
        invokers.push(invoker);
        if (!mayInvoke) throw new AwsError('AccessDeniedException', 'not authorized', 403);
      },
      functions: {
        async invoke(_arn, payload, invoker): Promise<InvocationOutcome> {
          invokers.push(invoker);
          const event: unknown = JSON.parse(payload);
          if (!isEvent(event)) throw new Error(payload);
          events.push(event);
          try {
            await rotate(event);
            return { kind: 'returned', payload: 'null' };
          } catch (error) {
            return { kind: 'failed', payload: JSON.stringify({ errorType: 'Error', errorMessage: error instanceof Error ? error.message : '' }) };
          }
        },
      },
    }),
  );
  client = new SecretsManagerClient(cloud.function);
  await createSecret();
  cloud.module.ready?.();
});
afterEach(async () => {
  client.destroy();
  await cloud.close();
});

const createSecret = () => cloud.create('AWS::SecretsManager::Secret', { SecretString: 'first' }, 'Key');
const schedule = (properties: object = {}) =>
  cloud.create('AWS::SecretsManager::RotationSchedule', { SecretId, RotationLambdaARN: functionArn, RotationRules, ...properties }, 'Schedule');
const rotateSecret = (input: Partial<RotateSecretCommandInput> = {}) =>
  client.send(new RotateSecretCommand({ SecretId, RotationLambdaARN: functionArn, RotationRules, ...input }));
const value = async (VersionStage = 'AWSCURRENT') => (await client.send(new GetSecretValueCommand({ SecretId, VersionStage }))).SecretString;
const describeSecret = () => client.send(new DescribeSecretCommand({ SecretId }));
const stages = async () => (await describeSecret()).VersionIdsToStages ?? {};
const steps = () => events.map(({ Step }) => Step);
const allSteps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];
const until = async (holds: () => boolean | Promise<boolean>) => {
  for (let tries = 0; !(await holds()); tries++) {
    if (tries > 2000) throw new Error('it never came');
    await new Promise((resolve) => setImmediate(resolve));
  }
};
const rotated = () => until(async () => (await describeSecret()).LastRotatedDate?.getTime() === timers.now());
/** Everything again, as after a kill -9: what is in memory is gone. */
async function restart(): Promise<void> {
  await cloud.restart();
  await createSecret();
}

describe('a rotation', () => {
  test('takes the four steps with one token, one after the other, as the service', async () => {
    const { VersionId, ARN } = await rotateSecret({ ClientRequestToken: token(1) });
    expect(VersionId).toBe(token(1));
    await rotated();
    expect(events).toEqual(allSteps.map((Step) => ({ Step, SecretId: ARN, ClientRequestToken: token(1) })));
    expect(new Set(invokers.map((invoker) => JSON.stringify(invoker)))).toEqual(
      new Set([JSON.stringify({ kind: 'service', principal: 'secretsmanager.amazonaws.com', sourceArn: ARN })]),
    );
    expect([await value(), await value('AWSPREVIOUS')]).toEqual([`made by ${token(1)}`, 'first']);
    expect(await describeSecret()).toMatchObject({
      RotationEnabled: true,
      RotationLambdaARN: functionArn,
      RotationRules,
      LastRotatedDate: new Date(startedAt),
      NextRotationDate: new Date(Date.UTC(2030, 1, 15)),
      VersionIdsToStages: { [token(1)]: ['AWSPENDING', 'AWSCURRENT'] },
    });
  });

  test('begins with a pending version that has no value', async () => {
    const seen: unknown[] = [];
    inStep = async ({ Step }) => {
      if (Step !== 'createSecret') return;
      seen.push((await stages())[token(1)], await value('AWSPENDING').catch((error: unknown) => (error instanceof Error ? error.name : error)));
    };
    await rotateSecret({ ClientRequestToken: token(1) });
    await rotated();
    expect(seen).toEqual([['AWSPENDING'], 'ResourceNotFoundException']);
  });

  test('stops at the step that fails, leaves the pending version as it is, and is tried again as a whole with its token', async () => {
    let failures = 2;
    inStep = ({ Step }) => {
      if (Step === 'testSecret' && failures-- > 0) throw new Error('the gateway refused the new key');
    };
    await rotateSecret({ ClientRequestToken: token(1) });
    await until(() => said.length === 1);
    expect(steps()).toEqual(['createSecret', 'setSecret', 'testSecret']);
    expect([await value(), await value('AWSPENDING')]).toEqual(['first', `made by ${token(1)}`]);
    expect(said).toEqual(['The rotation of Test-Key failed in testSecret: the gateway refused the new key. It is tried again in 5 s.']);
    await expect(rotateSecret({ ClientRequestToken: token(2) })).rejects.toMatchObject({ name: 'InvalidRequestException', message: containing("previous rotation isn't complete") });
    timers.advance(5_000);
    await until(() => said.length === 2);
    expect(said[1]).toContain('again in 10 s');
    timers.advance(9_999);
    expect(steps()).toHaveLength(6);
    timers.advance(1);
    await rotated();
    expect(steps().slice(6)).toEqual(allSteps);
    expect(new Set(events.map(({ ClientRequestToken }) => ClientRequestToken))).toEqual(new Set([token(1)]));
    expect(await value()).toBe(`made by ${token(1)}`);
  });

  test('that failed is taken up at once by a request with its token; a later request with the same token changes nothing', async () => {
    let fails = true;
    inStep = () => {
      if (fails) throw new Error('no');
    };
    await rotateSecret({ ClientRequestToken: token(1) });
    await until(() => said.length === 1);
    fails = false;
    await rotateSecret({ ClientRequestToken: token(1) });
    await rotated();
    events.length = 0;
    expect(await rotateSecret({ ClientRequestToken: token(1) })).toMatchObject({ VersionId: token(1) });
    expect(events).toEqual([]);
    expect(await value()).toBe(`made by ${token(1)}`);
  });

  test('whose last step leaves AWSCURRENT where it was has failed', async () => {
    inStep = async ({ Step, ClientRequestToken: mine }) => {
      if (Step !== 'finishSecret') return;
      await client.send(new UpdateSecretVersionStageCommand({ SecretId, VersionStage: 'AWSPENDING', RemoveFromVersionId: mine }));
      throw new Error('half done');
    };
    await rotateSecret({ ClientRequestToken: token(1) });
    await until(() => said.length === 1);
    expect(said[0]).toContain('finishSecret: half done.');
    expect(await value()).toBe('first');
  });

  test('under way goes on after a kill -9, with the same token; what was finished is not done twice', async () => {
    let fails = true;
    inStep = ({ Step }) => {
      if (Step === 'setSecret' && fails) throw new Error('no');
    };
    await rotateSecret({ ClientRequestToken: token(1) });
    await until(() => said.length === 1);
    await restart();
    fails = false;
    expect(events).toHaveLength(2);
    cloud.module.ready?.();
    timers.advance(5_000);
    await rotated();
    expect(steps().slice(2)).toEqual(allSteps);
    await restart();
    cloud.module.ready?.();
    timers.advance(hour);
    expect(events).toHaveLength(6);
    expect(await describeSecret()).toMatchObject({ RotationEnabled: true, LastRotatedDate: new Date(startedAt + 5_000) });
  });

  test('is cancelled: no step more, no schedule; the labels stay until somebody moves them', async () => {
    inStep = ({ Step }) => {
      if (Step === 'setSecret') throw new Error('no');
    };
    await rotateSecret({ ClientRequestToken: token(1) });
    await until(() => said.length === 1);
    expect(await client.send(new CancelRotateSecretCommand({ SecretId }))).toMatchObject({ VersionId: token(1) });
    timers.advance(40 * day);
    expect(steps()).toEqual(['createSecret', 'setSecret']);
    const description = await describeSecret();
    expect(description).toMatchObject({ RotationEnabled: false, RotationLambdaARN: functionArn });
    expect(description.NextRotationDate).toBeUndefined();
    await expect(rotateSecret({ ClientRequestToken: token(2) })).rejects.toMatchObject({ name: 'InvalidRequestException' });
    await client.send(new UpdateSecretVersionStageCommand({ SecretId, VersionStage: 'AWSPENDING', RemoveFromVersionId: token(1) }));
    inStep = () => undefined;
    await client.send(new RotateSecretCommand({ SecretId, ClientRequestToken: token(2) }));
    await rotated();
    expect(await value()).toBe(`made by ${token(2)}`);
  });

  test('may be tested instead: the one step, with a pending version that goes again', async () => {
    const seen: unknown[] = [];
    inStep = async () => {
      seen.push((await stages())[token(1)]);
    };
    await rotateSecret({ ClientRequestToken: token(1), RotateImmediately: false });
    await until(async () => !(token(1) in (await stages())));
    expect(steps()).toEqual(['testSecret']);
    expect(seen).toEqual([['AWSPENDING']]);
    // AWS's template reads the pending version, which has no value in a test.
    expect(said).toEqual([containing('is set up, but its test failed')]);
    expect(await describeSecret()).toMatchObject({ RotationEnabled: true, NextRotationDate: new Date(Date.UTC(2030, 1, 15)) });
    expect(await value()).toBe('first');
  });

  test.each<[string, Partial<RotateSecretCommandInput>, string]>([
    ['both kinds of rule', { RotationRules: { AutomaticallyAfterDays: 1, ScheduleExpression: 'rate(1 day)' } }, 'InvalidParameterException'],
    ['more often than every four hours', { RotationRules: { ScheduleExpression: 'rate(3 hours)' } }, 'InvalidParameterException'],
    ['a window into the next day', { RotationRules: { ScheduleExpression: 'cron(0 20 * * ? *)', Duration: '5h' } }, 'InvalidParameterException'],
    ['a cron with minutes', { RotationRules: { ScheduleExpression: 'cron(5 20 * * ? *)' } }, 'InvalidParameterException'],
    ['no function', { RotationLambdaARN: undefined }, 'InvalidRequestException'],
    ['no rules', { RotationRules: undefined }, 'InvalidParameterException'],
    ['a secret that does not exist', { SecretId: 'Other' }, 'ResourceNotFoundException'],
  ])('is refused with %s', async (_case, input, name) => {
    await expect(rotateSecret(input)).rejects.toMatchObject({ name });
    expect(events).toEqual([]);
  });

  test('asks for the secret and for the function, which must let Secrets Manager in', async () => {
    cloud.asked.length = 0;
    const { ARN } = await describeSecret();
    await rotateSecret();
    expect(cloud.asked).toContain(`secretsmanager:RotateSecret ${ARN}`);
    expect(cloud.asked).toContain(`lambda:InvokeFunction ${functionArn}`);
    await rotated();
    mayInvoke = false;
    await expect(rotateSecret()).rejects.toMatchObject({ name: 'AccessDeniedException', message: containing('Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com') });
    await expect(schedule({ RotationRules: { AutomaticallyAfterDays: 3 } })).rejects.toThrow('Ensure that the function policy');
  });
});

describe('a schedule', () => {
  test.each<[string, object, number, number]>([
    ['after days', { AutomaticallyAfterDays: 10 }, Date.UTC(2030, 0, 25), Date.UTC(2030, 0, 26)],
    ['at a rate in days', { ScheduleExpression: 'rate(2 days)', Duration: '3h' }, Date.UTC(2030, 0, 17), Date.UTC(2030, 0, 17, 3)],
    ['at a rate in hours', { ScheduleExpression: 'rate(4 hours)' }, Date.UTC(2030, 0, 15, 12), Date.UTC(2030, 0, 15, 13)],
    ['by the calendar', { ScheduleExpression: 'cron(0 8 1 * ? *)' }, Date.UTC(2030, 1, 1, 8), Date.UTC(2030, 1, 2)],
    ['by the hours of a day', { ScheduleExpression: 'cron(0 /6 * * ? *)' }, Date.UTC(2030, 0, 15, 12), Date.UTC(2030, 0, 15, 13)],
  ])('%s rotates when its window opens', async (_case, rules, opensAt, closesAt) => {
    await rotateSecret({ RotationRules: rules });
    await rotated();
    expect((await describeSecret()).NextRotationDate).toEqual(new Date(closesAt));
    events.length = 0;
    timers.advance(opensAt - timers.now() - 1);
    expect(events).toEqual([]);
    timers.advance(1);
    await rotated();
    expect(steps()).toEqual(allSteps);
  });

  test('counts days from a value that somebody put', async () => {
    await rotateSecret();
    await rotated();
    timers.advance(20 * day);
    await client.send(new PutSecretValueCommand({ SecretId, SecretString: 'by hand' }));
    events.length = 0;
    timers.advance(20 * day);
    expect(events).toEqual([]);
    expect(await value()).toBe('by hand');
    timers.advance(10 * day);
    await rotated();
    expect(await value('AWSPREVIOUS')).toBe('by hand');
  });

  test('that came due while the cloud was down rotates once it is up', async () => {
    await rotateSecret();
    await rotated();
    await restart();
    timers.advance(100 * day);
    events.length = 0;
    cloud.module.ready?.();
    await rotated();
    expect(steps()).toEqual(allSteps);
  });

  test('of the template rotates at once, and not again with the next start', async () => {
    const { ref } = await schedule();
    expect(ref).toBe((await describeSecret()).ARN);
    expect(events).toEqual([]);
    await restart();
    await schedule();
    await cloud.module.start?.();
    cloud.module.ready?.();
    await rotated();
    await restart();
    await schedule();
    await cloud.module.start?.();
    cloud.module.ready?.();
    timers.advance(day);
    expect(steps()).toEqual(allSteps);
    await schedule({ RotationRules: { AutomaticallyAfterDays: 7 }, RotateImmediatelyOnUpdate: false });
    expect(await describeSecret()).toMatchObject({ RotationRules: { AutomaticallyAfterDays: 7 } });
  });

  test('that the template no longer has is turned off; one set up over the API stays', async () => {
    await schedule();
    await restart();
    await cloud.module.start?.();
    expect((await describeSecret()).RotationEnabled).toBe(false);
    await client.send(new UpdateSecretVersionStageCommand({ SecretId, VersionStage: 'AWSPENDING', RemoveFromVersionId: Object.entries(await stages()).find(([, labels]) => labels.includes('AWSPENDING'))?.[0] }));
    await rotateSecret();
    await restart();
    await cloud.module.start?.();
    expect((await describeSecret()).RotationEnabled).toBe(true);
  });
});
