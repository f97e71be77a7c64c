import { runChaos } from '../chaos/run-chaos.js';
import { testAssembly } from './shared-assembly.js';

const jobs = Number(process.env['CHAOS_JOBS'] ?? 2_000);

it('chaos', async () => {
  const report = await runChaos({ assembly: await testAssembly(), jobs, seed: 1, stackKills: 3 });
  console.log(JSON.stringify({ ...report, problems: report.problems.slice(0, 20) }, null, 2));
  expect(report.problems).toEqual([]);
}, 600_000);
