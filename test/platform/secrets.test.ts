/** Secrets as functions read them. */
import { cachedSecret } from '../../lambdas/platform/secrets.js';
import { ScriptedAws, setFunctionEnvironment } from './scripted-aws.js';

const aws = new ScriptedAws();
const holds = (text: string) => ({ status: 200, body: { SecretString: text } });

beforeAll(() => aws.listen());
afterAll(() => aws.close());
beforeEach(() => {
  aws.asked = [];
  setFunctionEnvironment(aws.url, { accessKeyId: 'a', secretAccessKey: 's' });
});

test('a secret is read once, however many want it, and again when its time is over', async () => {
  aws.answers = [holds('first'), holds('second')];
  const read = cachedSecret('pepper', 300);
  expect(await Promise.all([read(), read()])).toEqual(['first', 'first']);
  jest.useFakeTimers({ now: Date.now() + 301_000, doNotFake: ['nextTick', 'setImmediate', 'setTimeout'] });
  try {
    expect(await read()).toBe('second');
  } finally {
    jest.useRealTimers();
  }
  expect(aws.asked).toHaveLength(2);
});

test('throttling passes, and a refusal is not kept', async () => {
  const read = cachedSecret('pepper', 300);
  aws.answers = [{ status: 400, body: { __type: 'ThrottlingException' } }, { status: 400, body: { __type: 'AccessDeniedException', message: 'no' } }];
  await expect(read()).rejects.toMatchObject({ code: 'AccessDeniedException' });
  aws.answers = [holds('there')];
  expect(await read()).toBe('there');
});

test('a secret without a text is an error', async () => {
  aws.answers = [{ status: 200, body: { SecretBinary: 'AA==' } }];
  await expect(cachedSecret('pepper', 300)()).rejects.toThrow('The secret pepper holds no text');
});
