/** API keys, usage plans, throttles and quotas, over real HTTP and with a clock in hand. The functions are fakes (see the fixture). */
import {
  api,
  authorizer,
  closeAll,
  type GatewayOptions,
  policy,
  record,
  type Resources,
  startGateway,
  temporaryDirectory,
} from './apigateway.fixture.js';

afterEach(closeAll);

const ok = (event: Record<string, unknown>) => ({ body: JSON.stringify(record(event['requestContext'])['identity']) });
const value = 'shared-key-of-the-standard-tier';

/** 2026-11-18 12:00 UTC, a Wednesday. */
const noon = Date.UTC(2026, 10, 18, 12);
const day = 86_400_000;

function key(properties: object = {}): Resources[string] {
  return { Type: 'AWS::ApiGateway::ApiKey', Properties: { Name: 'shared', Enabled: true, Value: value, ...properties } };
}

function plan(properties: object = {}): Resources[string] {
  return {
    Type: 'AWS::ApiGateway::UsagePlan',
    Properties: { ApiStages: [{ ApiId: { Ref: 'Api' }, Stage: { Ref: 'Stage' } }], ...properties },
  };
}

const member: Resources[string] = {
  Type: 'AWS::ApiGateway::UsagePlanKey',
  Properties: { KeyId: { Ref: 'Key' }, KeyType: 'API_KEY', UsagePlanId: { Ref: 'Plan' } },
};

const routes = {
  'GET /': { integration: 'ok', apiKeyRequired: true },
  'POST /fax': { integration: 'ok', apiKeyRequired: true },
  'GET /open': 'ok',
};

function start(resources: Resources, options: GatewayOptions = {}, extra: object = {}) {
  return startGateway(api(routes, { ...extra, resources }), { functions: { ok }, ...options });
}

const withKey = (path = '/', method = 'GET', sent = value) => [path, { method, headers: { 'x-api-key': sent } }] as const;
const forbidden = [403, '{"message":"Forbidden"}'];

describe('a method that requires a key', () => {
  test('lets a key of a plan of its stage through, and says which', async () => {
    const gateway = await start({ Key: key(), Plan: plan(), Member: member });
    const response = await gateway.request(...withKey());
    expect(response.status).toBe(200);
    expect(JSON.parse(response.text)).toMatchObject({ apiKey: value, apiKeyId: gateway.refs.get('Key') });
  });

  test.each<[string, Resources, string | undefined]>([
    ['without a key', { Key: key(), Plan: plan(), Member: member }, undefined],
    ['with an unknown key', { Key: key(), Plan: plan(), Member: member }, 'some-other-key-of-some-other-tier'],
    ['with a disabled key', { Key: key({ Enabled: false }), Plan: plan(), Member: member }, value],
    ['with a key that is disabled by default', { Key: key({ Enabled: undefined }), Plan: plan(), Member: member }, value],
    ['with a key in no plan', { Key: key(), Plan: plan() }, value],
    ['with a key in a plan of no stage', { Key: key(), Plan: plan({ ApiStages: [] }), Member: member }, value],
  ])('%s answers 403', async (_case, resources, sent) => {
    const gateway = await start(resources);
    const response = await gateway.request('/', sent === undefined ? {} : { headers: { 'x-api-key': sent } });
    expect([response.status, response.text]).toEqual(forbidden);
    expect(response.headers['x-amzn-errortype']).toBe('ForbiddenException');
    expect((await gateway.request('/open')).status).toBe(200);
  });

  test('takes the key from the authorizer where the API says so', async () => {
    const usage = (usageIdentifierKey?: string) =>
      startGateway(
        api(
          { 'GET /': { integration: 'ok', apiKeyRequired: true, authorizer: 'Authorizer' } },
          {
            api: { ApiKeySourceType: 'AUTHORIZER' },
            resources: { Authorizer: authorizer(), Key: key(), Plan: plan(), Member: member },
          },
        ),
        { functions: { ok, authorizer: () => policy('Allow', '*', { usageIdentifierKey }) } },
      );
    expect((await (await usage(value)).request('/')).status).toBe(200);
    expect((await (await usage()).request(...withKey())).status).toBe(403);
  });
});

describe('throttles', () => {
  test('let a burst through and then as many a second as the rate says', async () => {
    let now = noon;
    const gateway = await start(
      { Key: key(), Plan: plan({ Throttle: { RateLimit: 2, BurstLimit: 3 } }), Member: member },
      { clock: () => now },
    );
    const statuses = async (count: number) => {
      const all: number[] = [];
      for (let index = 0; index < count; index++) all.push((await gateway.request(...withKey())).status);
      return all;
    };
    expect(await statuses(4)).toEqual([200, 200, 200, 429]);
    now += 1000;
    expect(await statuses(3)).toEqual([200, 200, 429]);
    const refused = await gateway.request(...withKey());
    expect([refused.text, refused.headers['x-amzn-errortype']]).toEqual([
      '{"message":"Too Many Requests"}',
      'TooManyRequestsException',
    ]);
  });

  test('of a plan hold for each key on its own', async () => {
    const gateway = await start(
      {
        Key: key(),
        Other: key({ Value: 'the-other-key-of-the-same-tier' }),
        Plan: plan({ Throttle: { RateLimit: 1, BurstLimit: 1 } }),
        Member: member,
        OtherMember: { ...member, Properties: { KeyId: { Ref: 'Other' }, KeyType: 'API_KEY', UsagePlanId: { Ref: 'Plan' } } },
      },
      { clock: () => noon },
    );
    expect((await gateway.request(...withKey())).status).toBe(200);
    expect((await gateway.request(...withKey())).status).toBe(429);
    expect((await gateway.request(...withKey('/', 'GET', 'the-other-key-of-the-same-tier'))).status).toBe(200);
  });

  test('of a plan can be set per method', async () => {
    const gateway = await start(
      {
        Key: key(),
        Plan: plan({
          ApiStages: [
            { ApiId: { Ref: 'Api' }, Stage: { Ref: 'Stage' }, Throttle: { '/fax/POST': { RateLimit: 1, BurstLimit: 1 } } },
          ],
          Throttle: { RateLimit: 10, BurstLimit: 2 },
        }),
        Member: member,
      },
      { clock: () => noon },
    );
    const statuses = [];
    for (const call of [withKey('/fax', 'POST'), withKey('/fax', 'POST'), withKey(), withKey(), withKey()])
      statuses.push((await gateway.request(...call)).status);
    expect(statuses).toEqual([200, 429, 200, 200, 429]);
  });

  test('of the stage hold for everybody, method by method, before the authorizer is asked', async () => {
    const gateway = await startGateway(
      api(
        { 'GET /': { integration: 'ok', authorizer: 'Authorizer' }, 'GET /open': 'ok' },
        {
          resources: { Authorizer: authorizer() },
          stage: {
            MethodSettings: [
              { HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 5, ThrottlingBurstLimit: 2 },
              { HttpMethod: 'GET', ResourcePath: '/~1open', ThrottlingRateLimit: 0, ThrottlingBurstLimit: 0 },
            ],
          },
        },
      ),
      { functions: { ok, authorizer: () => policy('Allow', '*') }, clock: () => noon },
    );
    const statuses = [];
    for (const path of ['/open', '/', '/', '/']) statuses.push((await gateway.request(path)).status);
    expect(statuses).toEqual([429, 200, 200, 429]);
    expect(gateway.invocations.filter(({ functionName }) => functionName === 'authorizer')).toHaveLength(2);
  });
});

describe('quotas', () => {
  const limited = (quota: object) => ({
    Key: key(),
    Plan: plan({ Quota: quota, Throttle: { RateLimit: 1000, BurstLimit: 1000 } }),
    Member: member,
  });
  const use = async (gateway: Awaited<ReturnType<typeof start>>, count: number) => {
    const statuses: number[] = [];
    for (let index = 0; index < count; index++) statuses.push((await gateway.request(...withKey())).status);
    return statuses;
  };

  test('end with 429 Limit Exceeded, and begin again with the next period', async () => {
    let now = noon;
    const gateway = await start(limited({ Limit: 2, Period: 'DAY' }), { clock: () => now });
    expect(await use(gateway, 3)).toEqual([200, 200, 429]);
    const refused = await gateway.request(...withKey());
    expect([refused.text, refused.headers['x-amzn-errortype']]).toEqual([
      '{"message":"Limit Exceeded"}',
      'LimitExceededException',
    ]);
    now += day / 2;
    expect(await use(gateway, 3)).toEqual([200, 200, 429]);
  });

  test.each([
    ['WEEK', Date.UTC(2026, 10, 21, 23, 59), Date.UTC(2026, 10, 22)],
    ['MONTH', Date.UTC(2026, 10, 30, 23, 59), Date.UTC(2026, 11, 1)],
  ])('of a %s last until it ends', async (period, still, next) => {
    let now = noon;
    const gateway = await start(limited({ Limit: 1, Period: period }), { clock: () => now });
    expect(await use(gateway, 2)).toEqual([200, 429]);
    now = still;
    expect(await use(gateway, 1)).toEqual([429]);
    now = next;
    expect(await use(gateway, 1)).toEqual([200]);
  });

  test('have their offset taken off in the first period only', async () => {
    let now = noon;
    const gateway = await start(limited({ Limit: 3, Offset: 2, Period: 'DAY' }), { clock: () => now });
    expect(await use(gateway, 2)).toEqual([200, 429]);
    now += day;
    expect(await use(gateway, 4)).toEqual([200, 200, 200, 429]);
  });

  test('are still used up after a restart', async () => {
    const options = { stateDirectory: temporaryDirectory(), clock: () => noon };
    const resources = limited({ Limit: 2, Period: 'MONTH' });
    const first = await start(resources, options);
    expect(await use(first, 2)).toEqual([200, 200]);
    await first.close();
    expect(await use(await start(resources, options), 1)).toEqual([429]);
  });

  test('do not count requests that were throttled', async () => {
    let now = noon;
    const resources = {
      ...limited({ Limit: 2, Period: 'DAY' }),
      Plan: plan({ Quota: { Limit: 2, Period: 'DAY' }, Throttle: { RateLimit: 1, BurstLimit: 1 } }),
    };
    const gateway = await start(resources, { clock: () => now });
    expect(await use(gateway, 2)).toEqual([200, 429]);
    now += 1000;
    expect(await use(gateway, 1)).toEqual([200]);
  });
});

describe('over restarts', () => {
  test('ids stay, and a key that the template drops is gone', async () => {
    const stateDirectory = temporaryDirectory();
    const resources = { Key: key(), Plan: plan(), Member: member };
    const first = await start(resources, { stateDirectory });
    const refs = [...first.refs];
    await first.close();
    const second = await start(resources, { stateDirectory });
    expect([...second.refs]).toEqual(refs);
    await second.close();
    const third = await start({ Plan: plan() }, { stateDirectory });
    expect((await third.request(...withKey())).status).toBe(403);
  });

  test('a key may move to another plan', async () => {
    const stateDirectory = temporaryDirectory();
    const first = await start({ Key: key(), Plan: plan(), Member: member }, { stateDirectory });
    await first.close();
    const moved = { ...member, Properties: { KeyId: { Ref: 'Key' }, KeyType: 'API_KEY', UsagePlanId: { Ref: 'NewPlan' } } };
    const second = await start({ Key: key(), Plan: plan(), NewPlan: plan(), Member: moved }, { stateDirectory });
    expect((await second.request(...withKey())).status).toBe(200);
  });
});

describe('the template is refused', () => {
  test('where two plans of one stage have the same key', async () => {
    const second = { ...member, Properties: { KeyId: { Ref: 'Key' }, KeyType: 'API_KEY', UsagePlanId: { Ref: 'Second' } } };
    await expect(start({ Key: key(), Plan: plan(), Second: plan(), Member: member, Again: second })).rejects.toThrow(
      /one plan per stage/,
    );
  });

  test('where two keys have the same value, or one is too short', async () => {
    await expect(start({ Key: key(), Twin: key() })).rejects.toThrow(/same value/);
    await expect(start({ Key: key({ Value: 'short' }) })).rejects.toThrow(/Value/);
  });

  test('where a throttle is for a method that does not exist', async () => {
    const stages = [{ ApiId: { Ref: 'Api' }, Stage: { Ref: 'Stage' }, Throttle: { '/nowhere/GET': { RateLimit: 1 } } }];
    await expect(start({ Plan: plan({ ApiStages: stages }) })).rejects.toThrow(/no method \/nowhere\/GET/);
  });
});
