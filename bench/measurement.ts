/** What a bench gives: rows that stand beside the targets of docs/performance.md. */

/** A bound that is met or missed. */
export interface Target {
  readonly kind: 'at-most' | 'at-least';
  readonly value: number;
}

export interface Measurement {
  readonly what: string;
  readonly value: number;
  /** The unit, such as `ms`; empty for counts. */
  readonly unit: string;
  /** Undefined where nothing is asked of the figure: it is there to compare. */
  readonly target?: Target;
  /** How it was measured, where the name does not say. */
  readonly remark?: string;
}

export interface Bench {
  readonly name: string;
  /** One line for the person who waits. */
  readonly about: string;
  measure(): Promise<readonly Measurement[]>;
}

export const atMost = (value: number): Target => ({ kind: 'at-most', value });
export const atLeast = (value: number): Target => ({ kind: 'at-least', value });

/** Undefined where there is no target. */
export function isMet({ value, target }: Pick<Measurement, 'value' | 'target'>): boolean | undefined {
  if (target === undefined) return undefined;
  return target.kind === 'at-most' ? value <= target.value : value >= target.value;
}
