/** API Gateway's throttle: a bucket of `burst` tokens that fills at `rate` tokens a second. */

export interface ThrottleLimits {
  readonly rate: number;
  readonly burst: number;
}

/** What a region gives an account. https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
export const accountLimits: ThrottleLimits = { rate: 10_000, burst: 5_000 };

export class TokenBucket {
  #tokens: number;
  #filledAt: number;

  constructor(
    private readonly limits: ThrottleLimits,
    now: number,
  ) {
    this.#tokens = limits.burst;
    this.#filledAt = now;
  }

  /** Whether a request may pass at `now` (milliseconds). Takes no token: ask every bucket first, then take from all. */
  has(now: number): boolean {
    const elapsed = Math.max(0, now - this.#filledAt);
    this.#tokens = Math.min(this.limits.burst, this.#tokens + (elapsed * this.limits.rate) / 1000);
    this.#filledAt = now;
    return this.#tokens >= 1;
  }

  take(): void {
    this.#tokens -= 1;
  }
}

/** Takes a token from each bucket, or from none where one is empty. */
export function takeFromAll(buckets: readonly TokenBucket[], now: number): boolean {
  for (const bucket of buckets) if (!bucket.has(now)) return false;
  for (const bucket of buckets) bucket.take();
  return true;
}
