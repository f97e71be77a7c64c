/**
 * What it costs to write a document into a provider's request: as a multipart form (Phaxio) and as base64 in JSON (Sinch), to a
 * server in a process of its own that throws the bytes away.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { adapterOf } from '../lambdas/providers/adapters.js';
import type { FaxProvider } from '../lambdas/providers/provider.js';
import { submissionOf } from '../test/providers/provider-case.js';
import { atMost, type Bench, type Measurement } from './measurement.js';
import { median } from './statistics.js';

const megabyte = 1024 * 1024;
const times = 40;
/** What S3 gives at once. */
const chunkBytes = 64 * 1024;

const sink = `
require('node:http').createServer((request, response) => {
  request.resume().on('end', () => response.end('{"id":"1","success":true,"data":{"id":1}}'));
}).listen(0, '127.0.0.1', function () { console.log(this.address().port); });`;

const cases = [
  { id: 'phaxio', what: 'multipart form', configuration: { api_key: 'k', api_secret: 's', callback_token: 't' } },
  { id: 'sinch', what: 'base64 in JSON', configuration: { project_id: 'p', key_id: 'k', key_secret: 's' } },
] as const;

export const providerRequestBench: Bench = {
  name: 'provider-request',
  about: `${times} documents of 1 and 4 MB into requests of each kind`,
  async measure() {
    const server = spawn(process.execPath, ['-e', sink], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const endpoint = new URL(`http://127.0.0.1:${await portOf(server)}`);
      const rows: Measurement[] = [];
      for (const { id, what, configuration } of cases) {
        const provider = adapterOf(id)?.create(configuration, { endpoint, callbackKey: 'k' });
        if (provider === undefined || 'problems' in provider) throw new Error(`${id} can't be made`);
        await processorOf(provider, megabyte, 10);
        const small = await processorOf(provider, megabyte, times);
        const large = await processorOf(provider, 4 * megabyte, times);
        rows.push({ what: `${what}: CPU of each further MB`, value: (large - small) / 3, unit: 'ms', target: atMost(3), remark: 'a document of 4 MB less one of 1 MB, by 3' });
        rows.push({ what: `${what}: CPU of a request of 1 MB`, value: small, unit: 'ms', remark: 'with its connection' });
      }
      return rows;
    } finally {
      server.kill();
    }
  },
};

async function portOf({ stdout }: ChildProcess): Promise<number> {
  if (stdout === null) throw new Error('The server says nothing');
  const lines = createInterface({ input: stdout });
  return new Promise((resolve) => lines.once('line', (line) => resolve(Number(line))));
}

/** CPU milliseconds of this process for one request, the median. */
async function processorOf(provider: FaxProvider, bytes: number, requests: number): Promise<number> {
  const content = Buffer.alloc(bytes, 'document');
  const measured: number[] = [];
  for (let count = 0; count < requests; count += 1) {
    const submission = { ...submissionOf('+12025550123', { content }), document: { stream: Readable.from(chunksOf(content)), bytes } };
    const before = process.cpuUsage();
    const outcome = await provider.send(submission);
    const { user, system } = process.cpuUsage(before);
    if (outcome.kind !== 'submitted') throw new Error(JSON.stringify(outcome));
    measured.push((user + system) / 1000);
  }
  return median(measured);
}

function* chunksOf(content: Buffer): Generator<Buffer> {
  for (let at = 0; at < content.length; at += chunkBytes) yield content.subarray(at, at + chunkBytes);
}
