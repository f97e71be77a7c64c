/**
 * The sandbox: a provider that dials nobody and behaves like a line. A fax to it takes time by its pages, and a few numbers
 * end in the ways that a real line does (docs/guides/sandbox.md). It keeps no state: the fax's id says how it will go.
 */
import { createHash } from 'node:crypto';
import { log } from '../platform/log.js';
import type { FaxProvider, ProviderStatus, Submission, SubmissionOutcome } from './provider.js';

const scenarios = ['success', 'busy', 'no_answer', 'rejected', 'cut', 'slow', 'partial', 'no_carrier', 'congestion', 'lost', 'busy_once', 'throttled_once', 'unreachable_once'] as const;
type Scenario = (typeof scenarios)[number];

/** How a fax to a number goes. Every number that is not here succeeds. */
const magicNumbers: ReadonlyMap<string, Scenario> = new Map([
  ['+15555550001', 'busy'],
  ['+15555550002', 'no_answer'],
  ['+15555550003', 'rejected'],
  ['+15555550004', 'cut'],
  ['+15555550005', 'slow'],
  ['+15555550006', 'partial'],
  ['+15555550007', 'no_carrier'],
  ['+15555550008', 'congestion'],
  ['+15555550009', 'lost'],
  ['+15555550010', 'busy_once'],
  ['+15555550011', 'throttled_once'],
  ['+15555550012', 'unreachable_once'],
]);

/** A slow line takes this many times as long for a page. */
const slowness = 30;

/** How long the call takes before the first page, in seconds. */
const dialSeconds = 1;

/** @param options.secondsPerPage how long a page takes on a good line; 0 makes every fax end with the first question */
export function sandbox(options: { readonly secondsPerPage: number }): FaxProvider {
  return {
    id: 'sandbox',

    async send({ attemptId, to, pages, document, now }: Submission): Promise<SubmissionOutcome> {
      const scenario = scenarioOf(to, attemptId);
      if (scenario === 'unreachable_once') return { kind: 'not_connected', error: 'The sandbox could not be reached' };
      if (scenario === 'throttled_once') return { kind: 'throttled', retryAfterSeconds: 1, error: 'The sandbox has too much to do' };
      let received = 0;
      const chunks: AsyncIterable<Buffer | string> = document.stream;
      for await (const chunk of chunks) received += Buffer.byteLength(chunk);
      if (received !== document.bytes) return { kind: 'uncertain', error: `The document broke off after ${received} of ${document.bytes} bytes` };
      if (scenario === 'rejected') return { kind: 'refused', cause: 'number', error: 'rejected' };
      // The line's own record: one entry a call, so that anybody can count the calls of a job.
      log.info('The sandbox line takes a fax', { attempt_id: attemptId, pages });
      if (scenario === 'lost') return { kind: 'uncertain', error: 'The answer of the sandbox was lost' };
      const seconds = secondsOf(scenario, pages, options.secondsPerPage);
      return { kind: 'submitted', providerSid: sidOf({ scenario, endsAt: now + seconds * 1000, attempt: attemptId }), pollAfterSeconds: seconds };
    },

    status: (providerSid, now) => Promise.resolve(statusOf(providerSid, now)),

    cancel: () => Promise.resolve({ kind: 'refused', error: 'The line is dialled already' }),

    // It keeps no list. Only of a number whose answer is always lost it is certain that the call was made.
    find: ({ attemptId, to, startedAt }) =>
      Promise.resolve(
        scenarioOf(to, attemptId) === 'lost'
          ? { kind: 'found', providerSid: sidOf({ scenario: 'lost', endsAt: startedAt, attempt: attemptId }) }
          : { kind: 'unknown', error: 'The sandbox keeps no list' },
      ),

    validate: () => Promise.resolve({ kind: 'valid' }),
  };
}

/** What goes wrong once goes wrong with the first attempt. */
function scenarioOf(to: string, attemptId: string): Scenario {
  const scenario = magicNumbers.get(to) ?? 'success';
  return scenario.endsWith('_once') && !attemptId.endsWith('-1') ? 'success' : scenario;
}

function secondsOf(scenario: Scenario, pages: number, perPage: number): number {
  const dial = perPage === 0 ? 0 : dialSeconds;
  switch (scenario) {
    case 'busy':
    case 'busy_once':
    case 'congestion':
    case 'rejected':
      return dial;
    case 'no_answer':
    case 'no_carrier':
      return dial * 3;
    case 'cut':
    case 'partial':
      return dial + (pages * perPage) / 2;
    case 'slow':
      return dial + pages * perPage * slowness;
    case 'success':
    case 'lost':
    case 'throttled_once':
    case 'unreachable_once':
      return dial + pages * perPage;
  }
}

function statusOf(providerSid: string, now: number): ProviderStatus {
  const fax = readSid(providerSid);
  if (fax === undefined) throw new Error('The sandbox knows no such fax');
  if (now < fax.endsAt) return { kind: 'in_progress', pollAfterSeconds: (fax.endsAt - now) / 1000 };
  switch (fax.scenario) {
    case 'success':
    case 'slow':
    case 'lost':
    case 'throttled_once':
    case 'unreachable_once':
      return { kind: 'success' };
    case 'cut':
      return { kind: 'uncertain', error: 'The line was cut in the middle: some pages may have arrived' };
    case 'partial':
      return { kind: 'partial', pages: 1, error: 'partial' };
    case 'busy':
    case 'no_answer':
    case 'no_carrier':
    case 'congestion':
      return { kind: 'failed', cause: fax.scenario, error: fax.scenario };
    case 'busy_once':
      return { kind: 'failed', cause: 'busy', error: 'busy' };
    case 'rejected':
      return { kind: 'failed', cause: 'number', error: fax.scenario };
  }
}

/** `sbx_<scenario>_<end, epoch ms in base 36>_<digest of the attempt>`. */
function sidOf({ scenario, endsAt, attempt }: { readonly scenario: Scenario; readonly endsAt: number; readonly attempt: string }): string {
  return `sbx_${scenario.replaceAll('_', '-')}_${Math.ceil(endsAt).toString(36)}_${createHash('sha256').update(attempt).digest('hex').slice(0, 12)}`;
}

function readSid(sid: string): { readonly scenario: Scenario; readonly endsAt: number } | undefined {
  const [, word, end] = /^sbx_([a-z-]+)_([0-9a-z]+)_[0-9a-f]{12}$/.exec(sid) ?? [];
  const scenario = scenarios.find((one) => one.replaceAll('_', '-') === word);
  return scenario === undefined || end === undefined ? undefined : { scenario, endsAt: Number.parseInt(end, 36) };
}
