/**
 * The sender with the sandbox provider: what a fax costs it, and how many it hands over in a second where a hand-over takes
 * 300 ms. The sandbox answers when it has the document, so a document that comes after 300 ms stands for a slow provider.
 */
import type { FunctionEnvironment } from '../lambdas/contract/environment.js';
import { queuedJobItem } from './fixtures.js';
import { startFunction, type FunctionProcess, type Invoked } from './function-process.js';
import { atLeast, atMost, type Bench, type Measurement } from './measurement.js';
import { standInForAws, summary, type StandIn } from './stand-in-for-aws.js';
import { median } from './statistics.js';

const megabyte = 1024 * 1024;
const batchSize = 10;
const batches = 20;
const providerMilliseconds = 300;
const faxesTable = 'faxes';

export const senderBench: Bench = {
  name: 'sender',
  about: `${batches} batches of ${batchSize} faxes of 1 and 4 MB`,
  async measure() {
    const aws = await standInForAws();
    try {
      const sender = await startSender(aws);
      // The first batches compile the code.
      await send(sender, aws, { bytes: megabyte, afterMilliseconds: 0, times: 5 });
      const small = await send(sender, aws, { bytes: megabyte, afterMilliseconds: 0, times: batches });
      const asked = await send(sender, aws, { bytes: 4 * megabyte, afterMilliseconds: 0, times: batches });
      const slow = await send(sender, aws, { bytes: megabyte, afterMilliseconds: providerMilliseconds, times: batches });
      await sender.close();
      return rows(small, asked, slow);
    } finally {
      await aws.close();
    }
  },
};

function rows(small: Sent, large: Sent, slow: Sent): readonly Measurement[] {
  const perMegabyte = (large.handOver - small.handOver) / 3;
  const faxes = batches * batchSize;
  return [
    { what: 'CPU of each further MB of a document', value: perMegabyte, unit: 'ms', target: atMost(3), remark: 'a fax of 4 MB less one of 1 MB, by 3' },
    { what: 'CPU of handing over a fax of 1 MB', value: small.handOver, unit: 'ms', remark: `claim, document, hand-over, record, next nudge; ${small.handOverCalls}` },
    { what: 'CPU of asking how it went, and the end', value: small.ending, unit: 'ms', remark: small.endingCalls },
    { what: `faxes a second, hand-over of ${providerMilliseconds} ms`, value: faxes / slow.seconds, unit: '/s', target: atLeast(30), remark: `one environment, batches of ${batchSize}` },
    { what: 'faxes a second, hand-over of no time', value: faxes / small.seconds, unit: '/s' },
    { what: 'peak memory', value: slow.peakMegabytes, unit: 'MB', remark: `${batchSize} documents of up to 4 MB under way` },
    { what: 'faxes handed over more than once', value: small.duplicates + large.duplicates + slow.duplicates, unit: '', target: atMost(0), remark: `of ${3 * faxes}; with faults: test/faxes, test/e2e` },
  ];
}

interface Sent {
  /** CPU milliseconds a fax, median over the batches. */
  readonly handOver: number;
  readonly handOverCalls: string;
  readonly ending: number;
  readonly endingCalls: string;
  /** Seconds of all batches that handed over. */
  readonly seconds: number;
  readonly peakMegabytes: number;
  readonly duplicates: number;
}

/** Sends batches of new faxes, then works the nudges that this gave. */
async function send(sender: FunctionProcess, aws: StandIn, { bytes, afterMilliseconds, times }: { readonly bytes: number; readonly afterMilliseconds: number; readonly times: number }): Promise<Sent> {
  aws.serveObjects(Buffer.alloc(bytes), afterMilliseconds);
  const ids = Array.from({ length: times * batchSize }, () => {
    const { id, item } = queuedJobItem(Date.now(), bytes);
    aws.putItem(faxesTable, 'id', item);
    return id;
  });
  aws.takeCalls();
  aws.takeMessages();
  const handedOver = await sender.invoke(inBatches(ids.map((jobId) => JSON.stringify({ v: 1, jobId }))));
  requireSuccess(handedOver);
  const documents = aws.takeCalls();
  const nudges = aws.takeMessages();
  const ended = await sender.invoke(inBatches(nudges));
  requireSuccess(ended);
  const perFax = (invoked: Invoked): number => median(invoked.calls.map(({ processorMilliseconds }) => processorMilliseconds)) / batchSize;
  const perFaxCalls = (calls: ReadonlyMap<string, number>): string => summary(new Map([...calls].map(([name, count]) => [name, count / ids.length]))).names;
  return {
    handOver: perFax(handedOver),
    handOverCalls: perFaxCalls(documents),
    ending: perFax(ended),
    endingCalls: perFaxCalls(aws.takeCalls()),
    seconds: handedOver.calls.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000,
    peakMegabytes: handedOver.peakMegabytes,
    duplicates: Math.max(0, (documents.get('s3:GET') ?? 0) - ids.length),
  };
}

function inBatches(bodies: readonly string[]): readonly object[] {
  const events: object[] = [];
  for (let start = 0; start < bodies.length; start += batchSize) {
    const Records = bodies.slice(start, start + batchSize).map((body, index) => ({
      messageId: `message-${start + index}`,
      receiptHandle: 'bench',
      body,
      attributes: { ApproximateReceiveCount: '1', SentTimestamp: '0', SenderId: 'bench', ApproximateFirstReceiveTimestamp: '0' },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:send',
      awsRegion: 'us-east-1',
    }));
    events.push({ Records });
  }
  return events;
}

function requireSuccess({ outcome }: Invoked): void {
  if (outcome.answer !== '{"batchItemFailures":[]}') throw new Error(`A batch failed: ${JSON.stringify(outcome)}`);
}

function startSender(aws: StandIn): Promise<FunctionProcess> {
  const environment: FunctionEnvironment<'fax-sender'> = {
    FAXES_TABLE: faxesTable,
    SETTINGS_TABLE: 'settings',
    DOCUMENTS_BUCKET: 'documents',
    SEND_QUEUE: `${aws.url}/000000000000/send`,
    OUTCOME_QUEUE: `${aws.url}/000000000000/outcomes`,
    AUDIT_TABLE: 'audit',
    AUDIT_LOG_GROUP: 'audit',
    PROVIDER_CREDENTIALS_SECRET: 'providers',
    PROVIDER_ENDPOINTS: '{}',
    GATEWAY_URL: 'https://gateway.example/api',
    PROVIDER: 'sandbox',
    SENDING: 'on',
    CLAIM_SECONDS: '90',
    SANDBOX_SECONDS_PER_PAGE: '0',
  };
  return startFunction('fax-sender', environment, aws.url);
}
