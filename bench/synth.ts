/** How long a person waits: for the synthesis, for the first `npm start` with packages there, and for the next ones. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../local/synthesize.js';
import { startLocalCloud } from '../test/e2e/local-cloud.js';
import { benchContext, root } from './bench-assembly.js';
import { atMost, type Bench } from './measurement.js';
import { median } from './statistics.js';

const runs = 3;

export const synthBench: Bench = {
  name: 'synth',
  about: `${runs} syntheses, ${runs} first and ${runs} second starts`,
  async measure() {
    const synths: number[] = [];
    const firstStarts: number[] = [];
    const secondStarts: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      const directory = mkdtempSync(join(tmpdir(), 'bench-synth-'));
      try {
        synths.push(await seconds(() => synthesize(root, join(directory, 'cloud-assembly'), benchContext)));
        const state = join(directory, 'state');
        firstStarts.push(await start(state));
        secondStarts.push(await start(state));
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
    }
    const remark = `median of ${runs}`;
    return [
      { what: 'synthesis', value: median(synths), unit: 's', target: atMost(6), remark },
      { what: 'first start, packages there', value: median(firstStarts), unit: 's', target: atMost(60), remark: `${remark}, until it says Ready` },
      { what: 'second start', value: median(secondStarts), unit: 's', target: atMost(10), remark: `${remark}, until it says Ready` },
    ];
  },
};

/** Seconds until a cloud on this state is ready; it is stopped again, and what it stored stays. */
async function start(state: string): Promise<number> {
  const startedAt = performance.now();
  const cloud = await startLocalCloud({ state });
  const taken = (performance.now() - startedAt) / 1000;
  await cloud.stop();
  return taken;
}

async function seconds(act: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await act();
  return (performance.now() - startedAt) / 1000;
}
