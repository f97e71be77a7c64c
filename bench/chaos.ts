/** The chaos run at length: what of 10,000 faxes becomes when everything goes wrong. CHAOS_JOBS sets another number. */
import { runChaos } from '../test/chaos/run-chaos.js';
import { benchAssembly } from './bench-assembly.js';
import { atMost, type Bench, type Measurement } from './measurement.js';

const jobs = Number(process.env['CHAOS_JOBS'] ?? 10_000);
const seed = Number(process.env['CHAOS_SEED'] ?? 2);
const stackKills = 5;

export const chaosBench: Bench = {
  name: 'chaos',
  about: `${jobs} faxes through a gateway, providers and clients of which everything goes wrong`,
  async measure() {
    const { directory } = await benchAssembly();
    const report = await runChaos({ assembly: directory, jobs, seed, stackKills, aftermathSeconds: 600 });
    const broken = (...kinds: readonly string[]): number => report.problems.filter(({ kind }) => kinds.includes(kind)).length;
    const none = atMost(0);
    const { cloud, seconds } = report;
    const states: readonly Measurement[] = Object.entries(report.byState).map(([state, value]) => ({ what: `ended as ${state}`, value, unit: '' }));
    return [
      { what: 'faxes accepted', value: report.jobs, unit: '', remark: `${report.repeatedRequests} requests had to be repeated` },
      { what: 'faxes lost, or accepted twice', value: broken('lost', 'accepted twice'), unit: '', target: none },
      { what: 'faxes sent twice', value: broken('doubled'), unit: '', target: none, remark: `of ${report.calls} calls, ${report.handOvers} hand-overs; ${report.attempts} attempts` },
      { what: 'calls to a number while one was going on', value: broken('two calls at once'), unit: '', target: none },
      { what: 'faxes without an end, or with a wrong one', value: broken('stuck', 'wrong end', 'no evidence'), unit: '', target: none, remark: `${report.settledByPerson} settled by a person` },
      ...states,
      { what: 'kills of functions', value: cloud.functionKills, unit: '', remark: `and ${cloud.stackKills} of the whole stack` },
      { what: 'calls of AWS that failed', value: cloud.failedCalls, unit: '', remark: `${cloud.cutCalls} more were cut off, ${cloud.delayedCalls} delayed` },
      { what: 'messages delivered twice', value: cloud.duplicatedMessages, unit: '', remark: `${cloud.reorderedMessages} passed over, ${cloud.delayedMessages} delayed` },
      { what: 'duration', value: seconds.chaos + seconds.aftermath, unit: 's', remark: `${Math.round(seconds.chaos)} s of chaos, ${Math.round(seconds.aftermath)} s afterwards` },
    ];
  },
};
