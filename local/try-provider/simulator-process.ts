/** A provider's simulator beside the local cloud: a process of its own, which ends with it. Its program is the tests' own. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import * as z from 'zod';
import { Sentence } from '../launch/sentence.js';

/** The providers of which there is one. */
export const simulatedProviders = ['sinch', 'phaxio', 'telnyx', 'signalwire', 'documo'] as const;
export type SimulatedProvider = (typeof simulatedProviders)[number];

const about = z.object({
  url: z.string(),
  ledger: z.string(),
  /** The fields of the provider, as the simulator takes them. */
  configuration: z.record(z.string(), z.string()),
  numbers: z.array(z.object({ number: z.string(), does: z.string() })),
});
const report = z.union([z.object({ ready: about }), z.object({ call: z.object({ to: z.string(), taken: z.boolean(), does: z.string() }) })]);

export interface RunningSimulator extends z.output<typeof about> {
  readonly id: SimulatedProvider;
  /** Says where a gateway on this machine hears callbacks that go to its address at AWS. */
  reach(awsEndpoint: string): void;
  stop(): void;
}

export interface SimulatorRun {
  readonly root: string;
  readonly port: number;
  readonly onProcess: (processId: number, alive: boolean) => void;
  readonly tell: (line: string) => void;
}

/** @throws Sentence where it can't be started, with its own words */
export function runSimulator(id: SimulatedProvider, { root, port, onProcess, tell }: SimulatorRun): Promise<RunningSimulator> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(root, 'test', 'simulators', 'run.ts'), id, String(port)], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // Ctrl-C reaches the launcher alone.
    detached: process.platform !== 'win32',
  });
  const { pid } = child;
  if (pid !== undefined) onProcess(pid, true);
  let said = '';
  let ready = false;
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => {
      if (pid !== undefined) onProcess(pid, false);
      reject(new Sentence(`${said.trim() || `The simulator of ${id} did not start.`}\nChoose another port: npm start -- --provider ${id}-simulator --provider-port <port>`));
      if (ready) tell(`The simulator of ${id} ended; faxes for it wait. ${said.trim()}`);
    });
    child.on('message', (message) => {
      const heard = report.parse(message);
      if ('call' in heard) {
        const { to, taken, does } = heard.call;
        tell(`  ${id}-simulator  a fax for ${to} ${taken ? 'was taken' : 'was not taken'}: ${does}`);
        return;
      }
      ready = true;
      resolve({
        ...heard.ready,
        id,
        reach: (awsEndpoint) => child.send({ awsEndpoint }),
        stop: () => {
          ready = false;
          child.kill('SIGTERM');
        },
      });
    });
  });
}
