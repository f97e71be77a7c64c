/** What the chaos run does to each fax: decided before, by a seed, so that a run can be repeated. Pure. */
import { seededRandom } from '../../local/endpoint/seeded-random.js';
import type { Behaviour, Interference } from '../simulators/definition.js';

export interface PlannedFax {
  readonly to: string;
  /** True where other faxes go to the same number. */
  readonly shared: boolean;
  /** What the first provider does, call by call; and the second, to which some are given over. */
  readonly first: readonly Behaviour[];
  readonly second: readonly Behaviour[];
  /** A client changes its mind. */
  readonly cancelled: boolean;
}

/** So many faxes go to one number where numbers are shared. */
const faxesOfSharedNumber = 3;
const shareOfShared = 0.06;
const shareOfCancelled = 0.02;

/** Of each hundred faxes so many begin so; what is left over is taken, answered and arrives. */
const beginnings: readonly (readonly [number, Behaviour])[] = [
  [4, { fault: 'reset-during' }],
  [2, { fault: 'reset-before' }],
  [4, { fault: 'reset-after' }],
  [2, { fault: 'hang' }],
  [2, { fault: 'error-before' }],
  [4, { fault: 'error-after' }],
  [2, { fault: 'unreadable' }],
  [3, { fault: 'throttle' }],
  [3, { answerAfter: 1_200 }],
  [5, { end: 'busy' }],
  [2, { end: 'no_answer' }],
  [2, { end: 'no_carrier' }],
  [2, { end: 'congestion' }],
  [1, { refusal: 'number' }],
  [2, { refusal: 'funds' }],
  [2, { end: 'partial' }],
  [1, { end: 'cut' }],
  [1, { end: 'unknown-word' }],
];

const webhooks = ['none', 'once', 'twice', 'early', 'forged'] as const;

export function planFaxes(count: number, seed: number): readonly PlannedFax[] {
  const random = seededRandom(seed);
  const sharing = Math.floor((count * shareOfShared) / faxesOfSharedNumber) * faxesOfSharedNumber;
  return Array.from({ length: count }, (_, index) => {
    const shared = index < sharing;
    const number = shared ? Math.floor(index / faxesOfSharedNumber) : index;
    return {
      to: `+1555${shared ? '3' : '2'}${String(number).padStart(6, '0')}`,
      shared,
      first: shared ? [lasting(random, {})] : [lasting(random, beginning(random)), lasting(random, random() < 0.2 ? { end: 'busy' } : {}), lasting(random, {})],
      second: [lasting(random, {})],
      cancelled: !shared && random() < shareOfCancelled,
    };
  });
}

/** How questions go wrong, one in ten. */
export function planInterference(seed: number): () => Interference | undefined {
  const random = seededRandom(seed);
  const kinds: readonly Interference[] = ['reset', 'error', 'unreadable'];
  return () => (random() < 0.1 ? kinds[Math.floor(random() * kinds.length)] : undefined);
}

function beginning(random: () => number): Behaviour {
  let left = random() * 100;
  for (const [share, behaviour] of beginnings) {
    left -= share;
    if (left < 0) return behaviour;
  }
  return {};
}

/** A call of some time, of which the report comes in one of all ways, or does not. */
function lasting(random: () => number, behaviour: Behaviour): Behaviour {
  const seconds = Math.round(random() * 10) / 10;
  return { ...behaviour, seconds, webhook: webhooks[Math.floor(random() * webhooks.length)], webhookAfter: random() < 0.5 ? 0 : Math.floor(random() * 3_000) };
}
