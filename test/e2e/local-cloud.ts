/** Starts and stops local clouds for tests, as a person does: `node local/start.mjs`, and looks at them from outside. */
import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { DeliveryRule, FaultRule } from '../../local/endpoint/faults.js';
import { MessageFile, type PublishedMessage } from '../../local/sns/message-file.js';

export type { DeliveryRule, FaultRule };

export interface LocalCloudOptions {
  /** A cloud assembly to run; without one the stack is synthesized. */
  readonly assembly?: string;
  /** A state folder that another run left; without one a fresh folder, removed by `stop`. */
  readonly state?: string;
  readonly context?: Readonly<Record<string, string>>;
  readonly apiKey?: string;
  readonly faults?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Further flags of `npm start`. */
  readonly flags?: readonly string[];
}

const runningSchema = z.object({
  pid: z.number(),
  gatewayUrl: z.string().optional(),
  consoleUrl: z.string().optional(),
  endpointUrl: z.string(),
  outputs: z.record(z.string(), z.string()),
  resources: z.record(z.string(), z.string()),
});

export interface RunningLocalCloud {
  /** Without a slash at the end. */
  readonly gatewayUrl: string;
  /** Of the distribution, without a slash at the end. */
  readonly consoleUrl: string;
  readonly endpointUrl: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** Logical id → physical id. */
  readonly resources: Readonly<Record<string, string>>;
  readonly state: string;
  /** Of the process that is the cloud (its parent is the launcher). */
  readonly pid: number;
  /** The bootstrap administrator key; throws where the stack has none. */
  readonly adminKey: string;
  /** AWS clients with the administrator's credentials. */
  readonly clients: Clients;
  /** What has been published to topics, oldest first. */
  published(): readonly PublishedMessage[];
  /** What it has printed so far. */
  logs(): string;
  /** Ctrl-C; resolves with the exit code. Removes the state folder if it was made for this run. */
  stop(): Promise<number | null>;
  /** kill -9 of the cloud's process; resolves when it and its functions are gone. The state folder stays. */
  kill(): Promise<void>;
  /** Orders a fault; needs `faults: true`. */
  injectFault(rule: FaultRule | DeliveryRule): Promise<void>;
  /** The rules, and which of them fired. */
  faults(): Promise<readonly { readonly action: string; readonly fired: boolean; readonly seen: number }[]>;
  /** The same, with how often each came to be, and what was done to messages. */
  faultReport(): Promise<FaultReport>;
  clearFaults(): Promise<void>;
}

const launcher = join(__dirname, '..', '..', 'local', 'start.mjs');
const startLimitMilliseconds = 120_000;

/** Starts a local cloud on free ports. @throws Error with what it printed, where it does not come up */
export async function startLocalCloud(options: LocalCloudOptions = {}): Promise<RunningLocalCloud> {
  const state = options.state ?? mkdtempSync(join(tmpdir(), 'local-cloud-'));
  const { child, output, exited } = launch(options, state, options.flags);
  const running = await untilRunning(child, state, output);
  const { endpointUrl, pid } = running;
  const end = async (): Promise<number | null> => {
    const code = await exited;
    disposeClients(clients);
    return code;
  };
  const clients = makeClients(endpointUrl);
  const controlFaults = async (method: string, body?: string): Promise<unknown> => {
    const response = await fetch(`${endpointUrl}/_faults`, { method, ...(body === undefined ? {} : { body }) });
    if (!response.ok) throw new Error(`The fault was refused: ${await response.text()}`);
    return response.json();
  };
  return {
    ...running,
    gatewayUrl: running.gatewayUrl ?? '',
    consoleUrl: running.consoleUrl ?? '',
    state,
    clients,
    get adminKey() {
      return readFileSync(join(state, 'bootstrap-admin-key'), 'utf8');
    },
    published: () => new MessageFile(join(state, 'data', 'sns')).read(),
    logs: output,
    stop: async () => {
      child.kill('SIGINT');
      const code = await end();
      if (options.state === undefined) rmSync(state, { recursive: true, force: true });
      return code;
    },
    kill: async () => {
      process.kill(pid, 'SIGKILL');
      await end();
    },
    injectFault: async (rule) => {
      await controlFaults('POST', JSON.stringify(rule));
    },
    faults: async () => faultList.parse(await controlFaults('GET')).rules,
    faultReport: async () => faultList.parse(await controlFaults('GET')),
    clearFaults: async () => {
      await controlFaults('DELETE');
    },
  };
}

/** Runs `npm start` where it is expected to refuse. Gives its exit code and all that it printed. */
export async function launchAndExit(options: LocalCloudOptions, flags: readonly string[] = []): Promise<{ code: number | null; output: string }> {
  const state = options.state ?? mkdtempSync(join(tmpdir(), 'local-cloud-'));
  const { output, exited } = launch(options, state, flags);
  const code = await exited;
  if (options.state === undefined) rmSync(state, { recursive: true, force: true });
  return { code, output: output() };
}

/**
 * A copy of a cloud assembly whose template has been changed.
 * @param edit changes the template's JSON in place
 * @returns the copy's folder, below the system's temporary folder
 */
export function withTemplate(assembly: string, edit: (template: EditableTemplate) => void): string {
  const copy = mkdtempSync(join(tmpdir(), 'cloud-assembly-'));
  cpSync(assembly, copy, { recursive: true });
  const file = readdirSync(copy).find((name) => name.endsWith('.template.json'));
  if (file === undefined) throw new Error(`${assembly} holds no template`);
  const template = editableTemplate.parse(JSON.parse(readFileSync(join(copy, file), 'utf8')));
  edit(template);
  writeFileSync(join(copy, file), JSON.stringify(template));
  return copy;
}

const editableTemplate = z.looseObject({
  Resources: z.record(
    z.string(),
    z.looseObject({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).optional() }),
  ),
});
export type EditableTemplate = z.infer<typeof editableTemplate>;

const faultList = z.object({
  rules: z.array(z.object({ action: z.string(), effect: z.string(), fired: z.boolean(), seen: z.number(), times: z.number() })),
  delivery: z.object({ duplicated: z.number(), reordered: z.number(), delayed: z.number() }),
});
export type FaultReport = z.output<typeof faultList>;

interface Launched {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly exited: Promise<number | null>;
}

function launch(options: LocalCloudOptions, state: string, flags: readonly string[] = []): Launched {
  const args = [launcher, '--state', state, '--endpoint-port', '0', ...flags];
  if (options.assembly !== undefined) args.push('--assembly', options.assembly);
  if (options.faults === true) args.push('--faults');
  for (const [key, value] of Object.entries(options.context ?? {})) args.push('--context', `${key}=${value}`);
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PORT: '0', CONSOLE_PORT: '0', ...(options.apiKey === undefined ? {} : { API_KEY: options.apiKey }), ...options.env },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  const exited = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
  return { child, output: () => printed, exited };
}

async function untilRunning(child: ChildProcess, state: string, output: () => string): Promise<z.infer<typeof runningSchema>> {
  const file = join(state, 'running.json');
  const deadline = Date.now() + startLimitMilliseconds;
  for (;;) {
    if (output().includes('Ready after') && existsSync(file)) return runningSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    if (child.exitCode !== null) throw new Error(`The local cloud ended with ${child.exitCode}:\n${output()}`);
    if (Date.now() > deadline) {
      child.kill('SIGTERM');
      throw new Error(`The local cloud was not ready after ${startLimitMilliseconds} ms:\n${output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function makeClients(endpoint: string) {
  const configuration = {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  };
  return {
    apiGateway: new APIGatewayClient(configuration),
    dynamodb: new DynamoDBClient(configuration),
    lambda: new LambdaClient(configuration),
    logs: new CloudWatchLogsClient(configuration),
    s3: new S3Client(configuration),
    secrets: new SecretsManagerClient(configuration),
    sns: new SNSClient(configuration),
    sqs: new SQSClient(configuration),
  };
}
export type Clients = ReturnType<typeof makeClients>;

function disposeClients(clients: Clients): void {
  for (const client of Object.values(clients)) client.destroy();
}
