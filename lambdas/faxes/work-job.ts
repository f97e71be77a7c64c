/** The sender's use case: look at one job, decide its next step, do it. */
import type { JobId } from '../contract/identifiers.js';
import { log } from '../platform/log.js';
import { askProvider, passOnCancel, reconcile } from './follow.js';
import { hold, sendOnce } from './hand-over.js';
import { nextStep } from './next-step.js';
import type { Sending } from './sending.js';
import { end, publishOutbox } from './settle.js';
import { postponed } from './transitions.js';

/** Does whatever the job needs now. A duplicate, late or unknown message changes nothing. */
export async function workJob(id: JobId, sending: Sending): Promise<void> {
  const job = await sending.store.find(id);
  if (job === undefined) {
    log.warn('A nudge names a job that does not exist (any more)', { job_id: id });
    return;
  }
  const step = nextStep(job, { now: sending.clock(), sending: sending.sending });
  switch (step.kind) {
    case 'claim':
      return sendOnce(step.job, sending);
    case 'wait':
      await sending.store.replace(postponed(step.job, { now: sending.clock(), notBefore: step.until }));
      return;
    case 'ask-provider':
      return askProvider(step.job, step.job.providerSid, sending);
    case 'pass-on-cancel':
      return passOnCancel(step.job, sending);
    case 'reconcile':
      return reconcile(step.job, sending);
    case 'give-up-claim':
      return end(step.job, { kind: 'uncertain', error: 'The sender ended in the middle of handing the fax over' }, {}, sending);
    case 'give-up-waiting':
      return end(step.job, { kind: 'uncertain', error: 'The provider reported no end in time' }, {}, sending);
    case 'hold':
      return hold(step.job, 'sending_off', sending);
    case 'publish':
      return publishOutbox(step.job, sending);
    case 'nothing':
      return;
  }
}
