/** One chaos run: faxes through a gateway, two providers and clients of which everything goes wrong; what came of it, and what it proves. */
import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { rmSync } from 'node:fs';
import * as z from 'zod';
import type { Job } from '../../lambdas/faxes/job.js';
import { call } from '../e2e/gateway-client.js';
import { withTemplate, type EditableTemplate } from '../e2e/local-cloud.js';
import { physicalId } from '../e2e/left-work.js';
import { changeVariable, functionId, readTemplate, setProperty, type Template } from '../e2e/stack-resources.js';
import { simulated } from '../simulators/definitions.js';
import { startSimulator, type Simulator } from '../simulators/simulator.js';
import { settleAll } from './aftermath.js';
import { startChaoticCloud, type CloudFigures } from './chaotic-cloud.js';
import { clientsOf } from './clients.js';
import { planFaxes, planInterference } from './plan.js';
import { callsOf, problemsOf, type Problem } from './verdict.js';

export interface ChaosOptions {
  /** A cloud assembly; it is copied. */
  readonly assembly: string;
  readonly jobs: number;
  readonly seed: number;
  /** kill -9 of the whole stack, so often. */
  readonly stackKills: number;
  /** The chance of each message to come twice. */
  readonly duplicates?: number;
  /** For how long at most the faxes have time to come to their ends afterwards. */
  readonly aftermathSeconds?: number;
  /** Breaks the gateway, in its copy of the assembly. */
  readonly sabotage?: (assembly: string) => void;
}

export interface ChaosReport {
  readonly problems: readonly Problem[];
  readonly jobs: number;
  readonly byState: Readonly<Record<string, number>>;
  readonly attempts: number;
  /** Hand-overs that reached a provider, and those of them that it took. */
  readonly handOvers: number;
  readonly calls: number;
  readonly redialled: number;
  readonly settledByPerson: number;
  readonly repeatedRequests: number;
  readonly cloud: CloudFigures;
  readonly seconds: { readonly chaos: number; readonly aftermath: number };
}

const admin = 'administrator-of-chaos';
const providers = ['sinch', 'phaxio'] as const;
const claimSeconds = 6;
const sendQueue = /^FaxesSendQueue[0-9A-F]{8}$/;

export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const [sinch, phaxio] = await Promise.all(providers.map((id) => startSimulator(definitionOf(id).definition)));
  if (sinch === undefined || phaxio === undefined) throw new Error('There is no simulator');
  try {
    return await runWith([sinch, phaxio], options);
  } finally {
    await Promise.all([sinch.close(), phaxio.close()]);
  }
}

async function runWith([sinch, phaxio]: readonly [Simulator, Simulator], { assembly, jobs, seed, stackKills, duplicates = 0.1, aftermathSeconds = 180, sabotage }: ChaosOptions): Promise<ChaosReport> {
  const copy = withTemplate(assembly, (template) => hurried(template, readTemplate(assembly), { sinch, phaxio }));
  const template = readTemplate(copy);
  sabotage?.(copy);
  const chaotic = await startChaoticCloud({ assembly: copy, apiKey: admin, seed, duplicates });
  try {
    await setUp(await chaotic.running());
    const faxes = planFaxes(jobs, seed);
    for (const { to, shared, first, second } of faxes) {
      if (shared) first.forEach((behaviour) => sinch.script(to, behaviour));
      else sinch.script(to, ...first);
      phaxio.script(to, ...second);
    }
    for (const [index, simulator] of [sinch, phaxio].entries()) simulator.interfere(planInterference(seed + index));

    const started = Date.now();
    await chaotic.unleash();
    const clients = clientsOf(async () => (await chaotic.running()).gatewayUrl, admin, `chaos-${seed}`);
    let catastrophes = Promise.resolve();
    const inTurn = (act: () => Promise<void>): void => {
      catastrophes = catastrophes.then(act);
    };
    const at = (share: number): number => Math.max(1, Math.floor(jobs * share));
    const killAt = new Set(Array.from({ length: stackKills }, (_, index) => at((index + 1) / (stackKills + 1))));
    const accepted = await clients.sendAll(faxes, (count) => {
      if (killAt.has(count))
        inTurn(async () => {
          await chaotic.killAndRestart();
          pointReports((await chaotic.running()).endpointUrl);
          await chaotic.unleash();
        });
      if (count === at(0.3)) sinch.goAway();
      if (count === at(0.34)) inTurn(() => sinch.comeBack());
      if (count === at(0.6)) inTurn(async () => purge(await chaotic.running()));
    });
    await catastrophes;
    const chaosEnded = Date.now();
    await chaotic.calm();
    for (const simulator of [sinch, phaxio]) simulator.interfere(undefined);

    const cloud = await chaotic.running();
    const settled = await settleAll({
      cloud,
      template,
      admin,
      seconds: aftermathSeconds,
      arrived: (attempt) => callsOf([sinch, phaxio]).some((one) => one.attempt === attempt && one.taken?.end === 'success'),
    });
    const calls = callsOf([sinch, phaxio]);
    const count = (jobsThat: (job: Job) => number): number => settled.jobs.reduce((sum, job) => sum + jobsThat(job), 0);
    return {
      problems: problemsOf({ accepted, jobs: settled.jobs, calls }),
      jobs: settled.jobs.length,
      byState: Object.fromEntries([...new Set(settled.jobs.map(({ state }) => state))].sort().map((state) => [state, count((job) => (job.state === state ? 1 : 0))])),
      attempts: count((job) => job.attempts.length),
      handOvers: calls.length,
      calls: calls.filter(({ taken }) => taken !== undefined).length,
      redialled: count((job) => Math.max(0, job.attempts.length - 1)),
      settledByPerson: settled.settledByPerson,
      repeatedRequests: clients.repeated,
      cloud: await chaotic.figures(),
      seconds: { chaos: (chaosEnded - started) / 1000, aftermath: (Date.now() - chaosEnded) / 1000 },
    };
  } finally {
    delete process.env['AWS_ENDPOINT_URL'];
    await chaotic.stop();
    rmSync(copy, { recursive: true, force: true });
  }

  async function setUp({ gatewayUrl, endpointUrl }: Awaited<ReturnType<typeof chaotic.running>>): Promise<void> {
    pointReports(endpointUrl);
    const put = async (path: string, json: object) => {
      const answer = await call(gatewayUrl, 'PUT', `/admin/settings${path}`, { key: admin, json });
      if (answer.status !== 200) throw new Error(`The settings were refused: ${answer.text}`);
      return z.object({ version: z.number() }).parse(answer.body).version;
    };
    let version = 0;
    for (const id of providers) version = await put(`/providers/${id}`, { version, fields: definitionOf(id).configuration });
    await put('/providers', { version, order: providers });
    await put('', { version: 0, values: { REDIAL_BUSY_SECONDS: 1, REDIAL_NO_ANSWER_SECONDS: 1, REDIAL_MAX_DIALS: 4 } });
  }
}

/** Where the simulators find the gateway that their reports name by its address at AWS. */
function pointReports(endpointUrl: string): void {
  process.env['AWS_ENDPOINT_URL'] = endpointUrl;
}

async function purge(cloud: Parameters<typeof physicalId>[0]): Promise<void> {
  await cloud.clients.sqs.send(new PurgeQueueCommand({ QueueUrl: physicalId(cloud, sendQueue) }));
}

function definitionOf(id: string): (typeof simulated)[string] {
  const found = simulated[id];
  if (found === undefined) throw new Error(`There is no simulator of ${id}`);
  return found;
}

/** The stack with the simulators in the place of the providers, and with short times. */
function hurried(template: EditableTemplate, original: Template, { sinch, phaxio }: { readonly sinch: Simulator; readonly phaxio: Simulator }): void {
  const endpoints = JSON.stringify({ sinch: sinch.url.href, phaxio: phaxio.url.href });
  for (const name of ['settings-admin', 'fax-sender', 'fax-webhook']) changeVariable(template, name, 'PROVIDER_ENDPOINTS', () => endpoints);
  changeVariable(template, 'fax-sender', 'CLAIM_SECONDS', () => String(claimSeconds));
  setProperty(template, functionId(original, 'fax-sender'), 'Timeout', claimSeconds);
  const queue = Object.keys(template.Resources).find((id) => sendQueue.test(id)) ?? '';
  setProperty(template, queue, 'VisibilityTimeout', claimSeconds * 2);
}
