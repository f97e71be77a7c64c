/** What 100,000 keys change: the authorizer's calls and time for a request, and what a list of keys costs. */
import { BatchWriteItemCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { createKey } from '../test/e2e/gateway-client.js';
import { readTemplate, functionId } from '../test/e2e/stack-resources.js';
import { startLocalCloud, type RunningLocalCloud } from '../test/e2e/local-cloud.js';
import { benchAssembly } from './bench-assembly.js';
import { benchKey } from './fixtures.js';
import { atMost, type Bench, type Measurement } from './measurement.js';
import { median, quantile } from './statistics.js';

const keys = 100_000;
const itemsOfBatch = 25;
const batchesAtOnce = 8;
const requests = 400;
const bootstrap = 'bench-administrator';

/** A fault that never fires counts the calls that it waits for. */
const never = 1_000_000_000;

export const manyKeysBench: Bench = {
  name: 'many-keys',
  about: `${requests} requests and lists of keys, with one key and with ${keys.toLocaleString('en')}`,
  async measure() {
    const { directory } = await benchAssembly();
    const cloud = await startLocalCloud({ assembly: directory, apiKey: bootstrap, faults: true });
    try {
      const template = readTemplate(directory);
      const [authorizer, administration] = [functionId(template, 'authorizer'), functionId(template, 'key-admin')];
      const { token } = await createKey(cloud.gatewayUrl, bootstrap, { tier: 'high' });
      await timesOf(cloud, token, requests);
      const alone = await timesOf(cloud, token, requests);
      for (let written = 1; written < keys; written += 1_000) await writeItems(cloud, Array.from({ length: Math.min(1_000, keys - written) }, () => benchKey(Date.now()).item));
      await timesOf(cloud, token, requests);
      const counter = await countCalls(cloud, [[authorizer, 'dynamodb:GetItem'], [authorizer, 'dynamodb:Query']]);
      const among = await timesOf(cloud, token, requests);
      const calls = (await counter()).reduce((sum, count) => sum + count, 0);
      return [
        // The settings are read every 15 seconds.
        { what: 'authorizer: DynamoDB calls a request', value: calls / requests, unit: '', target: atMost(1.05), remark: `${calls} in ${requests} requests; a read of the settings now and then is among them` },
        { what: 'a request, one key: p50', value: median(alone), unit: 'ms' },
        { what: 'a request, 100,000 keys: p50', value: median(among), unit: 'ms' },
        { what: 'a request, one key: p99', value: quantile(alone, 0.99), unit: 'ms' },
        { what: 'a request, 100,000 keys: p99', value: quantile(among, 0.99), unit: 'ms' },
        ...(await listRows(cloud, administration)),
      ];
    } finally {
      await cloud.stop();
    }
  },
};

/** Status requests one after the other, which find no fax: milliseconds of each. */
async function timesOf(cloud: RunningLocalCloud, token: string, count: number): Promise<readonly number[]> {
  const times: number[] = [];
  for (let request = 0; request < count; request += 1) {
    const start = performance.now();
    const answer = await fetch(`${cloud.gatewayUrl}/fax/none`, { headers: { 'X-API-Key': token } });
    await answer.arrayBuffer();
    times.push(performance.now() - start);
    if (answer.status !== 404) throw new Error(`A request with a key was answered ${answer.status}`);
  }
  return times;
}

async function listRows(cloud: RunningLocalCloud, administration: string): Promise<readonly Measurement[]> {
  const rows: Measurement[] = [];
  for (const [what, query, mostCalls] of [
    ['a list of 100 keys', 'limit=100', 3],
    ['a list of 1,000 keys', 'limit=1000', 20],
    ['a filter that nobody matches', 'q=nobody&limit=100', 20],
  ] as const) {
    const counter = await countCalls(cloud, [[administration, 'dynamodb:Query'], [administration, 'dynamodb:BatchGetItem']]);
    const times: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const start = performance.now();
      const answer = await fetch(`${cloud.gatewayUrl}/admin/api-keys?${query}`, { headers: { 'X-API-Key': bootstrap } });
      if (answer.status !== 200) throw new Error(`The list of keys was answered ${answer.status}: ${await answer.text()}`);
      await answer.arrayBuffer();
      times.push(performance.now() - start);
    }
    const [queries = 0, gets = 0] = await counter();
    rows.push({ what: `${what}: reads`, value: (queries + gets) / 5, unit: '', target: atMost(mostCalls), remark: `${queries / 5} pages of the index, ${gets / 5} batches of uses` });
    rows.push({ what: `${what}: time`, value: median(times), unit: 'ms' });
  }
  return rows;
}

/** Counts calls of functions from now on. */
async function countCalls(cloud: RunningLocalCloud, wanted: readonly (readonly [string, string])[]): Promise<() => Promise<readonly number[]>> {
  await cloud.clearFaults();
  for (const [name, action] of wanted) await cloud.injectFault({ function: name, action, nth: never, when: 'before', effect: 'error' });
  return async () => (await cloud.faults()).map(({ seen }) => seen);
}

async function writeItems(cloud: RunningLocalCloud, items: readonly object[]): Promise<void> {
  const [, table = ''] = Object.entries(cloud.resources).find(([id]) => /^KeysTable[0-9A-F]{8}$/.test(id)) ?? [];
  const batches: Record<string, AttributeValue>[][] = [];
  for (let start = 0; start < items.length; start += itemsOfBatch) batches.push(items.slice(start, start + itemsOfBatch).map((item) => marshall({ ...item }, { removeUndefinedValues: true })));
  await Promise.all(
    Array.from({ length: batchesAtOnce }, async () => {
      for (let batch = batches.pop(); batch !== undefined; batch = batches.pop()) {
        await cloud.clients.dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [table]: batch.map((Item) => ({ PutRequest: { Item } })) } }));
      }
    }),
  );
}
