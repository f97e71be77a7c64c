/** Holds what the providers' ledgers say against what the gateway says of its jobs. Pure. */
import type { Job } from '../../lambdas/faxes/job.js';
import { isSettled } from '../../lambdas/faxes/transitions.js';
import { redialledCauses } from '../../lambdas/providers/provider.js';
import type { Simulator } from '../simulators/simulator.js';

/** `doubled` and `lost` are the two laws; the others are what follows from them. */
export type ProblemKind = 'doubled' | 'lost' | 'stuck' | 'two calls at once' | 'wrong end' | 'no evidence' | 'accepted twice';

export interface Problem {
  readonly kind: ProblemKind;
  readonly about: string;
}

/** A hand-over, as its provider knows it. */
export interface Call {
  readonly at: number;
  readonly to: string | undefined;
  readonly attempt: string | undefined;
  readonly wrong: string | undefined;
  /** Undefined where nothing was taken: nobody was called. */
  readonly taken: { readonly end: string; readonly endsAt: number } | undefined;
}

export interface Evidence {
  /** What clients were told with a 202: the id, and the number they sent to. */
  readonly accepted: readonly { readonly id: string; readonly to: string }[];
  readonly jobs: readonly Job[];
  /** Of all providers. */
  readonly calls: readonly Call[];
}

/** The ledgers of several providers as one, in the order of time. */
export function callsOf(simulators: readonly Simulator[]): readonly Call[] {
  const calls = simulators.flatMap((simulator) =>
    simulator.ledger.map(({ at, to, attempt, wrong, providerSid }): Call => {
      const ended = providerSid === undefined ? undefined : simulator.endOf(providerSid);
      return { at, to, attempt, wrong, taken: ended === undefined ? undefined : { end: ended.end, endsAt: ended.at } };
    }),
  );
  return calls.sort((one, other) => one.at - other.at);
}

/** Ends of a call after which the same number may be called again for the same job. */
const mayBeCalledAgain: ReadonlySet<string> = new Set<string>(redialledCauses);
/** Answers after which a hand-over may be repeated: certainly no call was made. */
const mayBeHandedOverAgain: ReadonlySet<string> = new Set(['throttle', 'credentials', 'funds']);

/** Everything that breaks a promise. */
export function problemsOf(evidence: Evidence): readonly Problem[] {
  return [...ofAcceptance(evidence), ...ofJobs(evidence), ...ofCalls(evidence), ...ofLines(evidence)];
}

function ofAcceptance({ accepted, jobs }: Evidence): readonly Problem[] {
  const known = new Set<string>(jobs.map(({ id }) => id));
  const told = new Set(accepted.map(({ id }) => id));
  return [
    ...accepted.filter(({ id }) => !known.has(id)).map(({ id }): Problem => ({ kind: 'lost', about: `${id} was accepted, and there is no such job` })),
    ...jobs.filter(({ id }) => !told.has(id)).map(({ id }): Problem => ({ kind: 'accepted twice', about: `${id} is a job of which no client was told` })),
  ];
}

function ofJobs({ jobs, calls }: Evidence): readonly Problem[] {
  const takenOf = callsByJob(calls);
  return jobs.flatMap((job): readonly Problem[] => {
    const arrived = (takenOf.get(job.id) ?? []).some(({ end }) => end === 'success');
    if (job.state === 'uncertain') return isEvident(job) ? [] : [{ kind: 'no evidence', about: `${job.id} is uncertain, and nothing says why` }];
    if (!isSettled(job)) return [{ kind: 'stuck', about: `${job.id} is still ${job.state}` }];
    if (arrived !== (job.state === 'success')) return [{ kind: 'wrong end', about: `${job.id} is ${job.state} by ${job.backend}, and ${arrived ? 'arrived' : 'did not arrive'}` }];
    return [];
  });
}

/** Why it is uncertain, and what the provider said when it was asked. */
function isEvident(job: Job): boolean {
  const attempt = job.attempts.at(-1);
  return job.state === 'uncertain' && job.error !== '' && attempt?.result.kind === 'uncertain' && attempt.evidence.length > 0;
}

/** Never two faxes for one job. */
function ofCalls({ calls, jobs }: Evidence): readonly Problem[] {
  const problems: Problem[] = [];
  for (const [id, taken] of callsByJob(calls)) {
    if (new Set(taken.map(({ attempt }) => attempt)).size < taken.length) problems.push({ kind: 'doubled', about: `${id} has an attempt that called twice` });
    taken.slice(0, -1).forEach(({ end, endsAt }, index) => {
      if (!mayBeCalledAgain.has(end)) problems.push({ kind: 'doubled', about: `${id} called again after a call that ended as ${end}` });
      else if ((taken[index + 1]?.at ?? endsAt) < endsAt) problems.push({ kind: 'doubled', about: `${id} called again while it called` });
    });
  }
  return [...problems, ...afterDoubt(calls, jobs)];
}

/** A hand-over of which nobody knows whether it was taken is the last one. Of numbers that one job has alone, since its attempt may not be known. */
function afterDoubt(calls: readonly Call[], jobs: readonly Job[]): readonly Problem[] {
  const jobsOfNumber = new Map<string, number>();
  for (const { to } of jobs) jobsOfNumber.set(to, (jobsOfNumber.get(to) ?? 0) + 1);
  const doubtful = new Set<string>();
  return calls.flatMap(({ to, taken, wrong }): readonly Problem[] => {
    if (to === undefined || jobsOfNumber.get(to) !== 1) return [];
    if (doubtful.has(to)) return [{ kind: 'doubled', about: `${to} was handed over again after a hand-over of which nobody knew the end` }];
    if (taken === undefined && !mayBeHandedOverAgain.has(wrong ?? '')) doubtful.add(to);
    return [];
  });
}

/** One call at a time to a number. */
function ofLines({ calls }: Evidence): readonly Problem[] {
  const until = new Map<string, number>();
  return calls.flatMap(({ to, at, taken }): readonly Problem[] => {
    if (to === undefined || taken === undefined) return [];
    const busyUntil = until.get(to) ?? 0;
    until.set(to, Math.max(busyUntil, taken.endsAt));
    return at < busyUntil ? [{ kind: 'two calls at once', about: `${to} was called while a call to it was going on` }] : [];
  });
}

interface TakenCall {
  readonly at: number;
  readonly attempt: string;
  readonly end: string;
  readonly endsAt: number;
}

/** The calls that were taken, in their order. */
function callsByJob(calls: readonly Call[]): ReadonlyMap<string, readonly TakenCall[]> {
  const byJob = new Map<string, TakenCall[]>();
  for (const { at, attempt, taken } of calls) {
    const [job] = attempt?.split('-') ?? [];
    if (job === undefined || attempt === undefined || taken === undefined) continue;
    byJob.set(job, [...(byJob.get(job) ?? []), { at, attempt, ...taken }]);
  }
  return byJob;
}
