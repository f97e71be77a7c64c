/**
 * `POST /fax` with 4 MB: the bundle that accepts faxes, an honest scan and every hostile document of the tests. Processor time
 * is that of all threads of the process, from the event's JSON to the answer's.
 */
import type { FunctionEnvironment } from '../lambdas/contract/environment.js';
import { createPdfEngine } from '../lambdas/documents/pdf-engine.js';
import { hostilePdfs } from '../test/documents/fixtures/hostile-pdfs.js';
import { bundleOf } from './bench-assembly.js';
import { benchKey, faxForm, scannedPdf } from './fixtures.js';
import { startFunction, type FunctionProcess } from './function-process.js';
import { proxyEvent } from './gateway-events.js';
import { atMost, type Bench, type Measurement } from './measurement.js';
import { standInForAws, summary, type StandIn } from './stand-in-for-aws.js';
import { median } from './statistics.js';

const megabyte = 1024 * 1024;
const honestCalls = 25;
const hostileCalls = 5;
/** Of processor time, for a hostile document in all. */
const mostMilliseconds = 100;
/** That the process holds at its worst moment. */
const mostMegabytes = 200;

export const uploadBench: Bench = {
  name: 'upload',
  about: `a scan of 4 MB, and ${hostilePdfs.size} kinds of hostile documents in a process of their own each`,
  async measure() {
    const aws = await standInForAws();
    try {
      return [...(await honestRows(aws)), ...(await hostileRows(aws))];
    } finally {
      await aws.close();
    }
  },
};

function startUpload(aws: StandIn): Promise<FunctionProcess> {
  const environment: FunctionEnvironment<'fax-upload'> = {
    FAXES_TABLE: 'faxes',
    LIMITS_TABLE: 'limits',
    AUTH_EVENTS_TABLE: 'auth-events',
    AUTH_EVENT_RETENTION_DAYS: '30',
    SETTINGS_TABLE: 'settings',
    DOCUMENTS_BUCKET: 'documents',
    SEND_QUEUE: `${aws.url}/000000000000/send`,
    DEFAULT_COUNTRY: 'US',
    MAX_FILE_SIZE_MB: '4',
    JOB_RETENTION_DAYS: '365',
    DOCUMENT_RETENTION_DAYS: '365',
    PROVIDER: 'sandbox',
    SENDING: 'on',
    PRIVATE_NOTIFY_HOSTS: '[]',
  };
  return startFunction('fax-upload', environment, aws.url);
}

function uploadOf(document: Buffer): object {
  return proxyEvent({ operation: 'sendFax', ...faxForm(document) }, benchKey(Date.now()).context);
}

async function honestRows(aws: StandIn): Promise<readonly Measurement[]> {
  const document = scannedPdf(4 * megabyte);
  const upload = await startUpload(aws);
  await upload.invoke([uploadOf(document)], 10);
  aws.takeCalls();
  const { calls, outcome, peakMegabytes } = await upload.invoke([uploadOf(document)], honestCalls);
  const { total, names } = summary(aws.takeCalls());
  await upload.close();
  if (outcome.answer?.includes('"statusCode":202') !== true) throw new Error(`The scan was not accepted: ${JSON.stringify(outcome)}`);
  const processor = median(calls.map(({ processorMilliseconds }) => processorMilliseconds));
  const engine = await engineMilliseconds(document);
  return [
    { what: '4 MB scan: CPU besides the PDF engine', value: processor - engine, unit: 'ms', target: atMost(25), remark: `median of ${honestCalls}; the engine takes ${engine.toFixed(1)} ms more` },
    { what: '4 MB scan: time to the answer', value: median(calls.map(({ milliseconds }) => milliseconds)), unit: 'ms' },
    { what: '4 MB scan: peak memory', value: peakMegabytes, unit: 'MB', target: atMost(mostMegabytes), remark: `after ${honestCalls + 10} uploads` },
    { what: 'POST /fax: AWS calls in the handler', value: total / honestCalls, unit: '', target: atMost(4), remark: `${names} in ${honestCalls} calls; the authorizer's one comes on top` },
  ];
}

/** What PDFium takes for the document by itself, warm. */
async function engineMilliseconds(document: Buffer): Promise<number> {
  const engine = createPdfEngine({ directory: await bundleOf('fax-upload') });
  const times: number[] = [];
  for (let call = 0; call < honestCalls + 10; call += 1) {
    const before = process.cpuUsage();
    const { kind } = await engine.read(document);
    const { user, system } = process.cpuUsage(before);
    if (kind !== 'read') throw new Error(`The engine finds the scan ${kind}`);
    if (call >= 10) times.push((user + system) / 1000);
  }
  return median(times);
}

/** Each kind comes to a warm function, several times; the worst kind counts. */
async function hostileRows(aws: StandIn): Promise<readonly Measurement[]> {
  const honest = uploadOf(scannedPdf(100_000));
  const found: { readonly kind: string; readonly processor: number; readonly megabytes: number }[] = [];
  for (const [kind, make] of hostilePdfs) {
    const event = uploadOf(make());
    const upload = await startUpload(aws);
    await upload.invoke([honest], 5);
    const { calls, outcome, peakMegabytes } = await upload.invoke([event], hostileCalls);
    await upload.close();
    if (!/"statusCode":(202|4\d\d)/.test(outcome.answer ?? '')) throw new Error(`${kind} was not judged: ${JSON.stringify(outcome)}`);
    found.push({ kind, processor: median(calls.map(({ processorMilliseconds }) => processorMilliseconds)), megabytes: peakMegabytes });
  }
  const slow = found.filter(({ processor }) => processor > mostMilliseconds);
  const large = found.filter(({ megabytes }) => megabytes > mostMegabytes);
  const named = (kinds: typeof found): string => `of ${found.length}${kinds.length === 0 ? '' : `: ${kinds.map(({ kind }) => kind).join(', ')}`}`;
  const slowest = found.reduce((worst, one) => (one.processor > worst.processor ? one : worst));
  const largest = found.reduce((worst, one) => (one.megabytes > worst.megabytes ? one : worst));
  return [
    { what: 'hostile 4 MB: CPU in all, worst kind', value: slowest.processor, unit: 'ms', target: atMost(mostMilliseconds), remark: `${slowest.kind}; median over the kinds ${median(found.map(({ processor }) => processor)).toFixed(0)} ms` },
    { what: 'hostile 4 MB: kinds over the time', value: slow.length, unit: '', target: atMost(0), remark: named(slow) },
    { what: 'hostile 4 MB: peak memory, worst kind', value: largest.megabytes, unit: 'MB', target: atMost(mostMegabytes), remark: `${largest.kind}; median over the kinds ${median(found.map(({ megabytes }) => megabytes)).toFixed(0)} MB` },
    { what: 'hostile 4 MB: kinds over the memory', value: large.length, unit: '', target: atMost(0), remark: named(large) },
  ];
}
