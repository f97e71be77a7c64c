/**
 * The sandbox: a provider that dials nobody and behaves like a line. A fax to it takes time by its pages, and a few numbers
 * end in the ways that a real line does (docs/guides/sandbox.md). It keeps no state: the fax's id says how it will go.
 */
import { createHash } from 'node:crypto';
import { log } from '../platform/log.js';
import type { FaxProvider, ProviderStatus, Submission, SubmissionOutcome } from './provider.js';

/** How a fax to a number goes. Every number that is not here succeeds. */
const magicNumbers: ReadonlyMap<string, Scenario> = new Map([
  ['+15555550001', 'busy'],
  ['+15555550002', 'no_answer'],
  ['+15555550003', 'rejected'],
  ['+15555550004', 'cut'],
  ['+15555550005', 'slow'],
]);

const scenarios = ['success', 'busy', 'no_answer', 'rejected', 'cut', 'slow'] as const;
type Scenario = (typeof scenarios)[number];

/** A slow line takes this many times as long for a page. */
const slowness = 30;

/** How long the call takes before the first page, in seconds. */
const dialSeconds = 1;

/** @param options.secondsPerPage how long a page takes on a good line; 0 makes every fax end with the first question */
export function sandbox(options: { readonly secondsPerPage: number }): FaxProvider {
  return {
    id: 'sandbox',

    async send({ attemptId, to, pages, document, now }: Submission): Promise<SubmissionOutcome> {
      let received = 0;
      const chunks: AsyncIterable<Buffer | string> = document.stream;
      for await (const chunk of chunks) received += Buffer.byteLength(chunk);
      if (received !== document.bytes) return { kind: 'uncertain', error: `The document broke off after ${received} of ${document.bytes} bytes` };
      const scenario = magicNumbers.get(to) ?? 'success';
      if (scenario === 'rejected') return { kind: 'refused', cause: 'number', error: 'rejected' };
      // The line's own record: one entry a call, so that anybody can count the calls of a job.
      log.info('The sandbox line takes a fax', { attempt_id: attemptId, pages });
      const seconds = secondsOf(scenario, pages, options.secondsPerPage);
      return { kind: 'submitted', providerSid: sidOf({ scenario, endsAt: now + seconds * 1000, attempt: attemptId }), pollAfterSeconds: seconds };
    },

    status: (providerSid, now) => Promise.resolve(statusOf(providerSid, now)),

    validate: () => Promise.resolve({ kind: 'valid' }),
  };
}

function secondsOf(scenario: Scenario, pages: number, perPage: number): number {
  const dial = perPage === 0 ? 0 : dialSeconds;
  switch (scenario) {
    case 'busy':
    case 'rejected':
      return dial;
    case 'no_answer':
      return dial * 3;
    case 'cut':
      return dial + (pages * perPage) / 2;
    case 'slow':
      return dial + pages * perPage * slowness;
    case 'success':
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
      return { kind: 'success' };
    case 'cut':
      return { kind: 'uncertain', error: 'The line was cut in the middle: some pages may have arrived' };
    case 'busy':
    case 'no_answer':
      return { kind: 'failed', cause: fax.scenario, error: fax.scenario };
    case 'rejected':
      return { kind: 'failed', cause: 'number', error: fax.scenario };
  }
}

/** `sbx_<scenario>_<end, epoch ms in base 36>_<digest of the attempt>`. */
function sidOf({ scenario, endsAt, attempt }: { readonly scenario: Scenario; readonly endsAt: number; readonly attempt: string }): string {
  return `sbx_${scenario.replace('_', '-')}_${Math.ceil(endsAt).toString(36)}_${createHash('sha256').update(attempt).digest('hex').slice(0, 12)}`;
}

function readSid(sid: string): { readonly scenario: Scenario; readonly endsAt: number } | undefined {
  const [, word, end] = /^sbx_([a-z-]+)_([0-9a-z]+)_[0-9a-f]{12}$/.exec(sid) ?? [];
  const scenario = scenarios.find((one) => one.replace('_', '-') === word);
  return scenario === undefined || end === undefined ? undefined : { scenario, endsAt: Number.parseInt(end, 36) };
}
