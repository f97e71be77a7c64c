/** A function's bundle in a process of its own, with nothing beside it: what the benches time. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import * as z from 'zod';
import type { FunctionEnvironment, FunctionName } from '../lambdas/contract/environment.js';
import { bundleOf } from './bench-assembly.js';

export interface CallTime {
  readonly milliseconds: number;
  /** Of all threads of the process. */
  readonly processorMilliseconds: number;
}

export interface Invoked {
  readonly calls: readonly CallTime[];
  /** Of the last call. */
  readonly outcome: { readonly answer?: string | undefined; readonly error?: string | undefined };
  /** The most memory that the process has ever held. */
  readonly peakMegabytes: number;
}

export interface FunctionProcess {
  /** What loading the bundle took. */
  readonly init: CallTime;
  /** Invokes the function `times` times, one after the other, with the events in turn. */
  invoke(events: readonly unknown[], times?: number): Promise<Invoked>;
  close(): Promise<void>;
}

const callTime = z.object({ milliseconds: z.number(), processorMilliseconds: z.number() });
const invokedReport = z.object({
  calls: z.array(callTime),
  outcome: z.object({ answer: z.string().optional(), error: z.string().optional() }),
  peakMegabytes: z.number(),
});

/**
 * Starts a bundle.
 * @param endpoint where AWS answers
 * @throws Error where the bundle does not load
 */
export async function startFunction<F extends FunctionName>(
  name: F,
  environment: FunctionEnvironment<F>,
  endpoint: string,
): Promise<FunctionProcess> {
  const bundle = await bundleOf(name);
  const events = mkdtempSync(join(tmpdir(), 'bench-events-'));
  const child = spawn(process.execPath, [join(__dirname, 'function-child.cjs'), join(bundle, 'index.js')], {
    cwd: bundle,
    stdio: ['pipe', 'ignore', 'inherit', 'pipe'],
    env: {
      ...environment,
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: 'ASIABENCH',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_SESSION_TOKEN: 'token',
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_LOG_STREAM_NAME: 'bench',
      LAMBDA_TASK_ROOT: bundle,
      POWERTOOLS_SERVICE_NAME: name,
      POWERTOOLS_LOG_LEVEL: 'INFO',
    },
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const lines = createInterface({ input: resultsOf(child.stdio[3]) })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    const line = await lines.next();
    if (line.done === true) throw new Error(`The function ${name} ended with ${child.exitCode ?? 'no code'} before it answered`);
    return JSON.parse(line.value);
  };
  const init = callTime.parse(await next());
  return {
    init,
    async invoke(given, times = given.length) {
      const payloads = given.map((event, index) => {
        const file = join(events, String(index));
        writeFileSync(file, JSON.stringify(event));
        return file;
      });
      child.stdin?.write(`${JSON.stringify({ payloads, times })}\n`);
      return invokedReport.parse(await next());
    },
    async close() {
      child.kill('SIGKILL');
      await ended;
      rmSync(events, { recursive: true, force: true });
    },
  };
}

function resultsOf(stream: unknown): Readable {
  if (!isReadable(stream)) throw new Error('The process has no channel for its results');
  return stream;
}

function isReadable(stream: unknown): stream is Readable {
  return typeof stream === 'object' && stream !== null && 'on' in stream && 'read' in stream;
}
