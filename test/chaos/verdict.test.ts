/** What the chaos run finds, and what it lets pass. */
import type { Job } from '../../lambdas/faxes/job.js';
import { queuedJob } from '../faxes/job.fixture.js';
import { problemsOf, type Call } from './verdict.js';

const job: Job = { ...queuedJob(), state: 'success' };
const accepted = [{ id: job.id, to: job.to }];
const called = (end: string, attempt = 1, at = 0): Call => ({ at, to: job.to, attempt: `${job.id}-${attempt}`, wrong: undefined, taken: { end, endsAt: at + 10 } });
const untaken = (wrong: string, at = 0): Call => ({ at, to: job.to, attempt: undefined, wrong, taken: undefined });
const kinds = (calls: readonly Call[], jobs: readonly Job[] = [job]) => [...new Set(problemsOf({ accepted, jobs, calls }).map(({ kind }) => kind))];

it.each([
  ['one call that arrived', [called('success')]],
  ['a busy number that was called again', [called('busy'), called('success', 2, 20)]],
  ['a hand-over after one that was throttled', [untaken('throttle'), called('success', 1, 5)]],
])('%s is well', (_, calls) => expect(kinds(calls)).toEqual([]));

it.each([
  ['an attempt that called twice', [called('success'), called('success', 1, 20)]],
  ['a call after one that arrived', [called('success'), called('success', 2, 20)]],
  ['a call after one that broke off', [called('cut'), called('success', 2, 20)]],
  ['a call while the one before rings', [called('busy'), called('success', 2, 5)]],
  ['a hand-over after one without an answer', [untaken('reset-during'), called('success', 1, 20)]],
])('%s is a doubled fax', (_, calls) => expect(kinds(calls)).toContain('doubled'));

it('two calls to a number at once are found, whosever they are', () => {
  expect(kinds([called('success'), { ...called('busy', 1, 5), attempt: `${'f'.repeat(32)}-1` }])).toContain('two calls at once');
});

it('a job that is gone, one of which nobody was told, one without an end, and one with a wrong one are found', () => {
  expect(kinds([], [])).toEqual(['lost']);
  expect(problemsOf({ accepted: [], jobs: [job], calls: [called('success')] })).toMatchObject([{ kind: 'accepted twice' }]);
  expect(kinds([], [queuedJob()])).toEqual(['stuck']);
  expect(kinds([])).toEqual(['wrong end']);
});
