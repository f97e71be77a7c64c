/** The processes and ports of a running local cloud, seen from the operating system (Linux's /proc). */
import { readFileSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import type { RunningLocalCloud } from './local-cloud.js';
import { until } from './gateway-client.js';

/** State and parent; undefined where there is no such process. */
function statusOf(processId: number): { readonly state: string; readonly parent: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, 'latin1');
    const [state = '', parent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

/** The launcher, the cloud and its functions. */
export function processesOf({ pid }: RunningLocalCloud): { readonly launcher: number; readonly all: readonly number[] } {
  const launcher = statusOf(pid)?.parent;
  if (launcher === undefined) throw new Error('The cloud does not run');
  const everybody = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number);
  const childrenOf = (parent: number): number[] => everybody.filter((one) => statusOf(one)?.parent === parent).flatMap((one) => [one, ...childrenOf(one)]);
  return { launcher, all: [launcher, ...childrenOf(launcher)] };
}

/** A zombie of a container without an init is gone all the same. */
const isAlive = (processId: number): boolean => !['Z', 'X', undefined].includes(statusOf(processId)?.state);

function isOpen(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

/** Waits until no process and no port of the cloud is left. */
export async function untilNothingIsLeft({ gatewayUrl, endpointUrl }: RunningLocalCloud, processes: readonly number[]): Promise<void> {
  await until(
    async () => ({ processes: processes.filter(isAlive), open: [await isOpen(gatewayUrl), await isOpen(endpointUrl)] }),
    ({ processes: alive, open }) => alive.length === 0 && !open.includes(true),
    10,
  );
}
