/** The use case: one notice, tried once; what failed is put back with its pause. */
import type { Owner } from '../contract/identifiers.js';
import { log } from '../platform/log.js';
import { signedHeaders, signingSecretOf } from './notice-signature.js';
import { bodyOf, type Outcome } from './outcome.js';
import type { Notice } from './notice-message.js';
import type { NoticePost, PostOutcome } from './post-notice.js';
import { pauseAfter } from './retry-schedule.js';

export interface Telling {
  readonly publish: (outcome: Outcome) => Promise<void>;
  readonly post: (post: Omit<NoticePost, 'guarded'>) => Promise<PostOutcome>;
  readonly stackSecret: () => Promise<string>;
  /** Puts a notice back into the queue; it is delayed until its `notBefore`, or as long as the queue can. */
  readonly putBack: (notice: Notice) => Promise<void>;
  readonly clock: () => number;
  readonly random: () => number;
}

/** A receiver has this long; it should take the notice, answer, and then work. */
const patienceSeconds = 10;

/** Tells one notice. Throws only where AWS fails, so that its message comes back. */
export async function tellOutcome(notice: Notice, telling: Telling): Promise<void> {
  if (notice.notBefore > telling.clock()) return telling.putBack(notice);
  switch (notice.to.kind) {
    case 'topic':
      return telling.publish(notice.outcome);
    case 'address':
      return tellAddress(notice, new URL(notice.to.url), telling);
  }
}

async function tellAddress(notice: Notice, url: URL, telling: Telling): Promise<void> {
  const body = bodyOf(notice.outcome);
  const headers = await headersOf(notice.outcome.owner, { id: notice.outcome.id, body }, telling);
  const outcome = await telling.post({ url, headers, body, patienceSeconds });
  const tries = notice.tries + 1;
  const about = { job_id: notice.outcome.jobId, notice: notice.outcome.id, tries };
  if (outcome.kind === 'answered' && outcome.status >= 200 && outcome.status < 300) {
    log.info('A notice was taken', about);
    return;
  }
  const reason = outcome.kind === 'answered' ? `It answered ${outcome.status}` : outcome.error;
  // 410: the receiver says that it wants no more of them.
  const hopeless = outcome.kind === 'forbidden' || (outcome.kind === 'answered' && outcome.status === 410);
  const pause = hopeless ? undefined : pauseAfter(tries, telling.random(), outcome.kind === 'answered' ? outcome.retryAfterSeconds : undefined);
  if (pause === undefined) {
    log.warn('A notice was given up', { ...about, reason });
    return;
  }
  log.info('A notice is tried again', { ...about, reason, pause_seconds: Math.ceil(pause / 1000) });
  await telling.putBack({ ...notice, tries, notBefore: telling.clock() + pause });
}

async function headersOf(owner: Owner, notice: { readonly id: string; readonly body: string }, { stackSecret, clock }: Telling): Promise<Readonly<Record<string, string>>> {
  const secret = signingSecretOf(owner, await stackSecret());
  return { 'Content-Type': 'application/json', 'User-Agent': 'Faxbot', ...signedHeaders(notice, secret, clock()) };
}
