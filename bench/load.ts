/** The local cloud under load, from outside as a client sees it: statuses read and faxes sent in a second. */
import autocannon from 'autocannon';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { startLocalCloud, type RunningLocalCloud } from '../test/e2e/local-cloud.js';
import { benchAssembly, root } from './bench-assembly.js';
import { faxForm } from './fixtures.js';
import { atLeast, type Bench, type Measurement } from './measurement.js';
import { processorMilliseconds } from './processor-time.js';
import { median } from './statistics.js';

/** Of the original, on a machine of this size: `GET /fax/{id}` with a database key. Its sends were not measured. */
const original = { readsPerSecond: 30, readMilliseconds: 32.6 };
const timesTheOriginal = 20;

const rounds = 5;
const secondsOfRound = 6;
const connections = 20;
/** V8 optimizes what has run many hundred times; a cloud that has just started is several times slower. */
const requestsBefore = { reads: 6_000, sends: 1_000 };

export const loadBench: Bench = {
  name: 'load',
  about: `${rounds} rounds of ${secondsOfRound} s of reading and of sending with ${connections} connections to a local cloud of its own`,
  async measure() {
    const { directory } = await benchAssembly();
    const cloud = await startLocalCloud({ assembly: directory });
    try {
      const key = await highTierKey(cloud);
      const { gatewayUrl } = cloud;
      const { contentType, body } = faxForm(readFileSync(join(root, 'document.pdf')));
      const sendOne: autocannon.Request = { method: 'POST', path: '/fax', headers: { 'X-API-Key': key, 'Content-Type': contentType }, body };
      const id = await sentFax(gatewayUrl, sendOne);
      const readOne: autocannon.Request = { method: 'GET', path: `/fax/${id}`, headers: { 'X-API-Key': key } };
      await autocannon({ url: gatewayUrl, connections, amount: requestsBefore.reads, requests: [readOne] });
      const reads: Round[] = [];
      for (let count = 0; count < rounds; count += 1) reads.push(await round(cloud, readOne));
      await autocannon({ url: gatewayUrl, connections, amount: requestsBefore.sends, requests: [sendOne] });
      const sends: Round[] = [];
      for (let count = 0; count < rounds; count += 1) sends.push(await round(cloud, sendOne));
      return rows(reads, sends);
    } finally {
      await cloud.stop();
    }
  },
};

interface Round {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly refused: number;
  /** Milliseconds a request, of the cloud with its functions; undefined where the system does not tell. */
  readonly processor: number | undefined;
  /** The share of all processor time that programs had which are not of this bench. */
  readonly others: number | undefined;
}

function rows(reads: readonly Round[], sends: readonly Round[]): readonly Measurement[] {
  const middle = (of: readonly Round[], member: 'perSecond' | 'p50' | 'p99'): number => median(of.map((one) => one[member]));
  const refused = (of: readonly Round[]): number => of.reduce((sum, one) => sum + one.refused, 0);
  const processor = (what: string, of: readonly Round[]): readonly Measurement[] => {
    const values = of.flatMap((one) => one.processor ?? []);
    return values.length === 0 ? [] : [{ what: `${what}: CPU a request`, value: median(values), unit: 'ms', remark: 'of the cloud and its functions, autocannon not counted' }];
  };
  const all = (of: readonly Round[]): string => {
    const others = of.flatMap((one) => one.others ?? []);
    const share = others.length === 0 ? '' : `; other programs had ${Math.round(median(others) * 100)}% of the processors`;
    return `rounds: ${of.map(({ perSecond }) => Math.round(perSecond)).join(', ')}${share}`;
  };
  const readsPerSecond = middle(reads, 'perSecond');
  return [
    { what: 'status reads a second', value: readsPerSecond, unit: '/s', target: atLeast(timesTheOriginal * original.readsPerSecond), remark: all(reads) },
    { what: 'status reads, times the original', value: readsPerSecond / original.readsPerSecond, unit: 'x', target: atLeast(timesTheOriginal), remark: `the original: ${original.readsPerSecond}/s` },
    { what: 'status reads: p50', value: middle(reads, 'p50'), unit: 'ms', remark: `${connections} at a time; the original, one at a time: ${original.readMilliseconds} ms` },
    { what: 'status reads: p99', value: middle(reads, 'p99'), unit: 'ms' },
    ...processor('status reads', reads),
    { what: 'sends a second', value: middle(sends, 'perSecond'), unit: '/s', remark: `${all(sends)}; the sender works beside; the original's sends were not measured` },
    { what: 'sends: p50', value: middle(sends, 'p50'), unit: 'ms', remark: `${connections} at a time` },
    { what: 'sends: p99', value: middle(sends, 'p99'), unit: 'ms' },
    ...processor('sends', sends),
    { what: 'requests that were not answered 2xx', value: refused(reads) + refused(sends), unit: '', target: { kind: 'at-most', value: 0 } },
  ];
}

async function round({ gatewayUrl: url, pid }: RunningLocalCloud, request: autocannon.Request): Promise<Round> {
  const before = processorMilliseconds(pid);
  const busyBefore = busyMilliseconds();
  const ownBefore = ownMilliseconds();
  const result = await autocannon({ url, connections, duration: secondsOfRound, requests: [request] });
  const after = processorMilliseconds(pid);
  const cloud = before === undefined || after === undefined ? undefined : after - before;
  const others = busyMilliseconds() - busyBefore - (cloud ?? 0) - (ownMilliseconds() - ownBefore);
  return {
    processor: cloud === undefined ? undefined : cloud / result['2xx'],
    others: cloud === undefined ? undefined : Math.max(0, others) / (result.duration * 1000 * availableParallelism()),
    perSecond: result['2xx'] / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    refused: result.non2xx + result.errors + result.timeouts,
  };
}

function busyMilliseconds(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
}

function ownMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function highTierKey({ gatewayUrl, adminKey }: RunningLocalCloud): Promise<string> {
  const answer = await fetch(`${gatewayUrl}/admin/api-keys`, {
    method: 'POST',
    headers: { 'X-API-Key': adminKey, 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'bench', tier: 'high', scopes: ['fax:send', 'fax:read'] }),
  });
  return z.object({ token: z.string() }).parse(await answer.json()).token;
}

async function sentFax(gatewayUrl: string, { headers, body }: autocannon.Request): Promise<string> {
  const answer = await fetch(`${gatewayUrl}/fax`, { method: 'POST', headers: z.record(z.string(), z.string()).parse(headers), body: new Uint8Array(Buffer.from(body ?? '')) });
  return z.object({ id: z.string() }).parse(await answer.json()).id;
}
