/** Callbacks of providers, over HTTP against the running stack, by the address that the deployed gateway has. */
import { operationIds, operations } from '../../lambdas/contract/operations.js';
import { deliverCallback, type CallbackReply } from '../simulators/deliver-callback.js';
import { call } from './gateway-client.js';
import { startLocalCloud, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';

const admin = 'whom providers call back';
let cloud: RunningLocalCloud;

beforeAll(async () => {
  cloud = await startLocalCloud({ assembly: await testAssembly(), apiKey: admin });
}, 240_000);
afterAll(() => cloud.stop());

const report = (path: string, body: Buffer | string, headers: Readonly<Record<string, string>> = {}): Promise<CallbackReply> =>
  deliverCallback({ url: new URL(`${cloud.outputs['ApiUrl']}${path}`), headers, body, awsEndpoint: cloud.endpointUrl });

describe('a provider that is not configured', () => {
  const paths = operationIds.flatMap((id) => (operations[id].authentication.kind === 'signature' ? [operations[id].path.replace('{id}', 'my-provider')] : []));

  it.each([...paths, '/provider-callback/sandbox', '/provider-callback/phaxio', '/provider-callback/..'])('has nobody at %s who hears it', async (path) => {
    for (const [type, body] of [
      ['application/json', '{}'],
      ['multipart/form-data; boundary=x', Buffer.from([0xff, 0x00])],
      ['application/x-www-form-urlencoded', 'a=%FF'],
    ] as const) {
      const { status, text } = await report(path, body, { 'Content-Type': type });
      expect([path, status, JSON.parse(text)]).toEqual([path, 404, expect.objectContaining({ code: path.endsWith('..') ? 'not_found' : 'provider_not_found' })]);
    }
  });

  it('is answered in the words of the contract, by the gateway’s own address too', async () => {
    expect(await call(cloud.gatewayUrl, 'POST', '/telnyx-callback', { json: {} })).toMatchObject({ status: 404, body: { detail: 'Provider not found', code: 'provider_not_found' } });
  });
});
