/** One notice, tried once: taken, put back with its pause, or given up. */
import { isJobId, isOwner } from '../../lambdas/contract/identifiers.js';
import type { Notice } from '../../lambdas/outcomes/notice-message.js';
import type { PostOutcome } from '../../lambdas/outcomes/post-notice.js';
import { mostTries } from '../../lambdas/outcomes/retry-schedule.js';
import { tellOutcome, type Telling } from '../../lambdas/outcomes/tell-outcome.js';

const now = 1_800_000_000_000;
const jobId = '0123456789abcdef0123456789abcdef';
const owner = 'ward-3';
if (!isJobId(jobId) || !isOwner(owner)) throw new Error('These are a job and an owner');
const outcome = { id: 'event-1', jobId, owner, state: 'success', error: undefined, backend: 'sinch', at: now } as const;
const toAddress: Notice = { outcome, to: { kind: 'address', url: 'https://example.com/hook' }, tries: 0, notBefore: 0 };

/** Tells a notice to a receiver that answers so. Gives what was published, posted and put back. */
async function tell(notice: Notice, answer: PostOutcome = { kind: 'answered', status: 200, retryAfterSeconds: undefined }) {
  const published: unknown[] = [];
  const posted: { readonly url: URL; readonly headers: Readonly<Record<string, string>>; readonly body: string }[] = [];
  const putBack: Notice[] = [];
  const telling: Telling = {
    publish: async (one) => void published.push(one),
    post: async (one) => {
      posted.push(one);
      return answer;
    },
    stackSecret: async () => 'stack',
    putBack: async (one) => void putBack.push(one),
    clock: () => now,
    random: () => 0,
  };
  await tellOutcome(notice, telling);
  return { published, posted, putBack };
}

it('publishes to the topic', async () => {
  expect(await tell({ ...toAddress, to: { kind: 'topic' } })).toEqual({ published: [outcome], posted: [], putBack: [] });
});

it('posts a signed notice, and is done when it was taken', async () => {
  const { posted, putBack } = await tell(toAddress);
  expect(posted.map(({ url }) => url.href)).toEqual(['https://example.com/hook']);
  expect(posted[0]?.headers).toMatchObject({ 'webhook-id': 'event-1', 'webhook-signature': expect.stringMatching(/^v1,/) });
  expect(putBack).toEqual([]);
});

it.each<PostOutcome>([
  { kind: 'answered', status: 500, retryAfterSeconds: undefined },
  { kind: 'answered', status: 302, retryAfterSeconds: undefined },
  { kind: 'failed', error: 'ECONNREFUSED' },
])('puts a notice back that was not taken: %j', async (answer) => {
  expect((await tell(toAddress, answer)).putBack).toEqual([{ ...toAddress, tries: 1, notBefore: now + 5_000 }]);
});

it.each<PostOutcome>([
  { kind: 'forbidden', error: 'The address is in a private network' },
  { kind: 'answered', status: 410, retryAfterSeconds: undefined },
])('gives a notice up where trying again is of no use: %j', async (answer) => {
  expect((await tell(toAddress, answer)).putBack).toEqual([]);
});

it('gives a notice up after its last try', async () => {
  const answer: PostOutcome = { kind: 'failed', error: 'ECONNREFUSED' };
  expect((await tell({ ...toAddress, tries: mostTries - 2 }, answer)).putBack).toHaveLength(1);
  expect((await tell({ ...toAddress, tries: mostTries - 1 }, answer)).putBack).toEqual([]);
});

it('puts a notice back that is not due yet, and counts no try', async () => {
  const early = { ...toAddress, tries: 3, notBefore: now + 1 };
  expect(await tell(early)).toEqual({ published: [], posted: [], putBack: [early] });
});
