/** Runs the local cloud for this repository's stack. The only file in `local/` that knows names of the stack's outputs. */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readAssembly, type Assembly } from './cloud/assembly.js';
import { isMapping } from './cloud/intrinsics.js';
import { startCloud, type LocalCloud } from './cloud/start-cloud.js';
import { secretString } from './launch/administrator.js';
import { launchOptions, type LaunchOptions } from './launch/options.js';
import { chooseProvider } from './try-provider/provider-choice.js';
import { Screen } from './launch/screen.js';
import { sentenceFor, type Ports } from './launch/sentence.js';
import { lockState } from './launch/state-lock.js';
import { systemTimers } from './scheduler/timers.js';
import { synthesize } from './synthesize.js';

const root = join(__dirname, '..');
const bootstrapKeyOutput = 'BootstrapKeySecretArn';

let ports: Ports = { gateway: 8080, console: 8090, endpoint: 4566 };
let stopRunning: (() => Promise<void>) | undefined;
let stopping = false;

process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
// The launcher asks on Ctrl-C; when its end of the channel closes, it is gone.
process.on('message', () => void stop());
process.on('disconnect', () => void stop());
process.on('SIGINT', () => void stop());
process.on('SIGTERM', () => void stop());

launch().catch(fail);

async function launch(): Promise<void> {
  const startedAt = performance.now();
  const options = launchOptions(process.argv.slice(2), process.env, process.cwd(), root);
  ports = { gateway: options.gatewayPort, console: options.consolePort, endpoint: options.endpointPort };
  const unlock = lockState(options.stateDirectory);
  const runningFile = join(options.stateDirectory, 'running.json');
  rmSync(runningFile, { force: true });
  process.on('exit', () => {
    rmSync(runningFile, { force: true });
    unlock();
  });
  if (options.reset) {
    for (const name of readdirSync(options.stateDirectory))
      if (name !== 'lock') rmSync(join(options.stateDirectory, name), { recursive: true, force: true });
    console.log(`Began anew: ${shown(options.stateDirectory)} is empty.`);
  }

  const onProcess = (processId: number, alive: boolean): void => {
    process.send?.({ processId, alive });
  };
  const provider = await chooseProvider(options, { root, onProcess, tell: (line) => { console.log(line); } });
  stopRunning = async () => { provider.stop(); };
  const assembly = await assemblyFor({ ...options, context: provider.context });
  const starting = step(`Starting ${Object.keys(assembly.template.Resources).length} resources`);
  const bootstrapSecret = referenceIn(assembly, bootstrapKeyOutput);
  const screen = new Screen((line) => { console.warn(line); }, systemTimers);
  const cloud = await startCloud({
    assembly,
    stateDirectory: join(options.stateDirectory, 'data'),
    gatewayPort: options.gatewayPort,
    consolePort: options.consolePort,
    endpointPort: options.endpointPort,
    faults: options.faults,
    secretValues:
      options.apiKey === undefined || bootstrapSecret === undefined ? new Map() : new Map([[bootstrapSecret, options.apiKey]]),
    onProcess,
    warn: (sentence) => console.warn(sentence),
    tell: (source, line) => { screen.tell(source, line); },
  });
  stopRunning = async () => {
    await cloud.close();
    provider.stop();
    screen.close();
  };
  if (stopping) return stopRunning();
  starting();
  const adminKey = await announce(cloud, options);
  if (adminKey !== undefined && cloud.gatewayUrl !== undefined)
    for (const line of await provider.settle({ gatewayUrl: cloud.gatewayUrl, endpointUrl: cloud.endpointUrl, adminKey })) console.log(line);
  writeFileSync(`${runningFile}.new`, JSON.stringify({ pid: process.pid, ...running(cloud) }, null, 2));
  renameSync(`${runningFile}.new`, runningFile);
  console.log(`Ready after ${seconds(performance.now() - startedAt)}. Ctrl-C stops it; data stays in ${shown(options.stateDirectory)}.`);
}

async function assemblyFor(options: LaunchOptions): Promise<Assembly> {
  if (options.assembly !== undefined) return readAssembly(options.assembly);
  const done = step('Synthesizing the stack');
  const { directory, fresh } = await synthesize(root, join(options.stateDirectory, 'cloud-assembly'), options.context);
  done(fresh ? '' : ', unchanged');
  return readAssembly(directory);
}

function running({ gatewayUrl, consoleUrl, endpointUrl, outputs, resources }: LocalCloud): object {
  return { gatewayUrl, consoleUrl, endpointUrl, outputs, resources };
}

/** Prints what to begin with. @returns the bootstrap key */
async function announce(cloud: LocalCloud, { stateDirectory }: LaunchOptions): Promise<string | undefined> {
  const { gatewayUrl, consoleUrl, endpointUrl, outputs, identity } = cloud;
  const lines = [''];
  let adminKey: string | undefined;
  if (gatewayUrl !== undefined) lines.push(`  API        ${gatewayUrl}`);
  if (consoleUrl !== undefined) lines.push(`  Console    ${consoleUrl}`);
  const secretArn = outputs[bootstrapKeyOutput];
  if (secretArn !== undefined) {
    const keyFile = join(stateDirectory, 'bootstrap-admin-key');
    const key = await secretString(endpointUrl, identity.region, secretArn);
    adminKey = key;
    const isKept = existsSync(keyFile) && readFileSync(keyFile, 'utf8') === key;
    if (!isKept) writeFileSync(keyFile, key, { mode: 0o600 });
    lines.push(isKept ? `  Admin key  in ${shown(keyFile)}` : `  Admin key  ${key}  (shown once; kept in ${shown(keyFile)})`);
    if (gatewayUrl !== undefined)
      lines.push(
        '',
        '  Send a fax:',
        `    curl -H "X-API-Key: $(cat ${shown(keyFile)})" -F to=+15551234567 -F file=@./document.pdf ${gatewayUrl}/fax`,
      );
  }
  lines.push(
    '',
    '  Look around:',
    `    AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION=${identity.region} aws --endpoint-url ${endpointUrl} dynamodb list-tables`,
    '',
  );
  console.log(lines.join('\n'));
  return adminKey;
}

/** The logical id that an output refers to. */
function referenceIn({ template }: Assembly, output: string): string | undefined {
  const value = template.Outputs[output]?.Value;
  if (!isMapping(value)) return undefined;
  const { Ref: logicalId } = value;
  return typeof logicalId === 'string' ? logicalId : undefined;
}

async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  // A service that does not let go must not keep the person waiting.
  setTimeout(() => process.exit(0), 5000).unref();
  await stopRunning?.();
  process.exit(0);
}

function fail(error: unknown): void {
  const sentence = sentenceFor(error, ports);
  console.error(sentence ?? (error instanceof Error ? error.stack : error));
  process.exit(1);
}

/** Says that a step begins; the result says that it is done, and how long it took. */
function step(name: string): (remark?: string) => void {
  const startedAt = performance.now();
  console.log(`${name} ...`);
  return (remark = '') => console.log(`  done${remark} (${seconds(performance.now() - startedAt)})`);
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** A path as it is pasted from the repository's root. */
function shown(path: string): string {
  const short = relative(root, path);
  return short.startsWith('..') ? path : short;
}
