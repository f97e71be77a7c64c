/** Faxes in the words that people read. Pure. */
import type { StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { Fax } from '../gateway/operation-types.js';

export type FaxState = Fax['state'];

interface StateWords {
  readonly title: string;
  readonly indicator: StatusIndicatorProps.Type;
  /** What it means, and what happens next. */
  readonly meaning: string;
}

export const stateWords: Readonly<Record<FaxState, StateWords>> = {
  queued: { title: 'Queued', indicator: 'pending', meaning: 'The gateway has it, and sends it next.' },
  submitting: { title: 'Submitting', indicator: 'in-progress', meaning: 'It is being handed to the provider.' },
  in_progress: { title: 'In progress', indicator: 'in-progress', meaning: 'The provider has it and is calling.' },
  success: { title: 'Success', indicator: 'success', meaning: 'The provider reports that it went out.' },
  failed: { title: 'Failed', indicator: 'error', meaning: 'It did not go out.' },
  uncertain: { title: 'Uncertain', indicator: 'warning', meaning: 'The gateway can not tell whether it went out. It is never sent twice by itself: ask the recipient or the provider, and resolve it.' },
  cancelled: { title: 'Cancelled', indicator: 'stopped', meaning: 'It was cancelled before it went out.' },
  held: { title: 'Held', indicator: 'stopped', meaning: 'It is kept, and goes out once sending is on and its provider is set up.' },
};

/** True while a fax may still move by itself. */
export function isMoving(state: FaxState): boolean {
  return state === 'queued' || state === 'submitting' || state === 'in_progress';
}

/** True for a fax that is over: it may be sent again as a new one. */
export function isEnded(state: FaxState): boolean {
  return state === 'success' || state === 'failed' || state === 'cancelled';
}

export const outcomeTitles = {
  submitting: 'Submitting',
  submitted: 'Submitted',
  not_submitted: 'Not submitted',
  success: 'Success',
  failed: 'Failed',
  uncertain: 'Uncertain',
  cancelled: 'Cancelled',
} as const;
