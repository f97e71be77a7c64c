/** Runs the SDKs, each in a program of its own language. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';

export const root = join(__dirname, '..', '..');
export const nodeSdk = join(root, 'sdks', 'node');
const pythonSdk = join(root, 'sdks', 'python', 'src');

export type Language = 'node' | 'python';

export const hasPython = spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))']).status === 0;

/** Those that can run here. */
export const languages: readonly Language[] = hasPython ? ['node', 'python'] : ['node'];

/** Where everything has to be there, nothing may be left out. */
export const mayLeaveOut = process.env['CI'] !== 'true';

/** So that Python finds the SDK, and leaves nothing behind in it. */
export const pythonEnvironment = { ...process.env, PYTHONPATH: pythonSdk, PYTHONDONTWRITEBYTECODE: '1' };

export interface SdkCall {
  readonly baseUrl: string;
  readonly apiKey: string | null;
  readonly timeoutSeconds?: number | undefined;
  readonly call: 'sendFax' | 'getStatus' | 'checkHealth';
  readonly to?: string;
  readonly file?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly jobId?: string;
}

const outcomeShape = z.union([
  z.strictObject({ value: z.union([z.literal(true), z.looseObject({ id: z.string() })]) }),
  z.strictObject({ wrongArgument: z.string() }),
  z.strictObject({
    error: z.strictObject({
      message: z.string(),
      detail: z.string(),
      code: z.string(),
      status: z.number().optional(),
      retryAfter: z.number().optional(),
      fields: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
      idempotencyKey: z.string().optional(),
    }),
  }),
]);
export type Outcome = z.output<typeof outcomeShape>;

export interface SdkProgram {
  readonly pid: number;
  /** Makes a call; one at a time. */
  ask(call: SdkCall): Promise<Outcome>;
  end(): Promise<void>;
}

/** Starts a program that makes calls with the SDK of a language, in a folder. */
export function startProgram(language: Language, folder: string): SdkProgram {
  const child =
    language === 'node'
      ? spawn(process.execPath, [join(__dirname, 'run-calls.cjs'), nodeSdk], { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] })
      : spawn('python3', [join(__dirname, 'run_calls.py')], { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'], env: pythonEnvironment });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { pid } = child;
  if (pid === undefined) throw new Error(`The program in ${language} does not start`);
  return {
    pid,
    ask: async (call) => {
      child.stdin.write(`${JSON.stringify(call)}\n`);
      const { done, value } = await lines.next();
      if (done === true) throw new Error(`The program in ${language} ended at ${JSON.stringify(call)}`);
      return outcomeShape.parse(JSON.parse(value));
    },
    end: () => ended(child),
  };
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    child.stdin?.end();
  });
}
