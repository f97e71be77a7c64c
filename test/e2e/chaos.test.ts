/**
 * The chaos run (docs/sending.md): whatever goes wrong, no accepted fax is lost, and none is sent twice. CHAOS_JOBS sets how many
 * faxes there are, CHAOS_SEED what happens to them. And a gateway without what it promises this by does not pass.
 */
import { runChaos } from '../chaos/run-chaos.js';
import { takeOutTheClaim, takeOutTheSweeper } from '../chaos/sabotage.js';
import type { ProblemKind } from '../chaos/verdict.js';
import { testAssembly } from './shared-assembly.js';

const jobs = Number(process.env['CHAOS_JOBS'] ?? 2_000);
const seed = Number(process.env['CHAOS_SEED'] ?? 1);
const fewJobs = Math.min(jobs, 150);

let assembly: string;
beforeAll(async () => {
  assembly = await testAssembly();
}, 240_000);

it(`${jobs} faxes through chaos: each comes to its end or is uncertain with its evidence, none is lost, and none is sent twice`, async () => {
  const report = await runChaos({ assembly, jobs, seed, stackKills: 3 });
  const { problems, ...figures } = report;
  console.log(JSON.stringify(figures, null, 2));
  expect(problems).toEqual([]);
  expect(figures.jobs).toBe(jobs);
  // It was a chaos.
  expect(figures.cloud).toMatchObject({ stackKills: 3 });
  expect(Math.min(figures.cloud.functionKills, figures.cloud.duplicatedMessages, figures.redialled)).toBeGreaterThan(jobs / 100);
  expect(figures.byState['success']).toBeGreaterThan(jobs / 2);
}, 600_000);

it.each([
  ['claims', takeOutTheClaim, 'doubled', 5],
  ['its sweeper', takeOutTheSweeper, 'stuck', 45],
] as const)('a gateway without %s does not pass', async (_, sabotage, kind, aftermathSeconds) => {
  const { problems } = await runChaos({ assembly, jobs: fewJobs, seed, stackKills: 0, duplicates: 0.5, aftermathSeconds, sabotage });
  const kinds: readonly ProblemKind[] = problems.map((problem) => problem.kind);
  expect(kinds).toContain(kind);
}, 240_000);
