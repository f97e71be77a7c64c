/** Usage plans at work: which native key a request brings, whether its plan lets it pass, and what is left of its quota. */
import { AwsError } from '../cloud/service.js';
import type { ApiKey, GatewayState, PlanKey } from './gateway-state.js';
import { dayOf, daysOfPeriod, periodStart, type QuotaPeriod } from './quota-period.js';
import { takeFromAll, type ThrottleLimits, TokenBucket } from './token-bucket.js';

export interface UsagePlan {
  readonly id: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly stages: readonly {
    readonly apiId: string;
    readonly stage: string;
    /** `/path/METHOD` → limits. */
    readonly throttle: ReadonlyMap<string, ThrottleLimits>;
  }[];
  readonly throttle: ThrottleLimits | undefined;
  readonly quota: { readonly limit: number; readonly offset: number; readonly period: QuotaPeriod } | undefined;
}

export interface StageReference {
  readonly apiId: string;
  readonly stage: string;
}

export interface MembershipOfTemplate {
  readonly logicalId: string;
  isOutdated(membership: PlanKey): boolean;
}

export type Admission =
  { readonly kind: 'admitted'; readonly key: ApiKey } | { readonly kind: 'invalid' | 'throttled' | 'quota-exceeded' };

export class UsagePlans {
  readonly plans = new Map<string, UsagePlan>();
  /** Key id → the plan that has both the key and the stage; filled as keys come by. */
  readonly #planOfKey = new Map<string, UsagePlan | undefined>();
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(readonly state: GatewayState) {}

  /**
   * Counts a request against the key's plan. A throttled request does not count for the quota.
   * @param method `/path/METHOD` as declared
   * @param now milliseconds since 1970
   */
  admit(value: string, stage: StageReference, method: string, now: number): Admission {
    const key = this.state.keyByValue(value);
    if (!key?.enabled) return { kind: 'invalid' };
    const plan = this.#plan(key.id, stage);
    if (plan === undefined) return { kind: 'invalid' };
    if (!takeFromAll(this.#bucketsFor(plan, key.id, stage, method, now), now)) return { kind: 'throttled' };
    if (this.remaining(plan, key.id, now) <= 0) return { kind: 'quota-exceeded' };
    this.state.count(plan.id, key.id, dayOf(now));
    return { kind: 'admitted', key };
  }

  /** What is left of the quota in the current period; infinite without one. */
  remaining(plan: UsagePlan, keyId: string, now: number): number {
    if (plan.quota === undefined) return Infinity;
    const { limit, offset, period } = plan.quota;
    let used = 0;
    for (const day of daysOfPeriod(period, now)) used += this.state.used(plan.id, keyId, day);
    const since = this.state.planKeys.get(`${plan.id}/${keyId}`)?.createdAt;
    // "The number of requests subtracted from the given limit in the initial time period."
    const initial = since !== undefined && periodStart(period, since) === periodStart(period, now);
    return limit - (initial ? offset : 0) - used;
  }

  /**
   * Puts a key into a plan.
   * @param template where the template says so: its logical id, and which memberships an earlier template left behind
   * @throws AwsError NotFoundException; ConflictException where another plan of the same stage already has it
   */
  async addKey(planId: string, keyId: string, createdAt: number, template?: MembershipOfTemplate): Promise<void> {
    const plan = this.plans.get(planId);
    if (plan === undefined) throw new AwsError('NotFoundException', 'Invalid Usage Plan identifier specified', 404);
    if (!this.state.keys.has(keyId)) throw new AwsError('NotFoundException', 'Invalid API Key identifier specified', 404);
    const standing = this.state.planKeys.get(`${planId}/${keyId}`);
    if (standing !== undefined && template === undefined)
      throw new AwsError('ConflictException', 'Usage Plan Key already exists', 409);
    for (const other of this.plansOf(keyId)) {
      const membership = this.state.planKeys.get(`${other.id}/${keyId}`);
      if (other.id === planId || membership === undefined || template?.isOutdated(membership) === true) continue;
      const shared = other.stages.find((stage) => hasStage(plan, stage));
      if (shared !== undefined)
        throw new AwsError(
          'ConflictException',
          `The key ${keyId} is already in the usage plan ${other.id} of stage ${shared.stage}: a key has one plan per stage`,
          409,
        );
    }
    await this.state.putPlanKey({
      planId,
      keyId,
      createdAt: standing?.createdAt ?? createdAt,
      ...(template === undefined ? {} : { logicalId: template.logicalId }),
    });
    this.#planOfKey.clear();
  }

  /** @throws AwsError NotFoundException */
  async removeKey(planId: string, keyId: string): Promise<void> {
    if (!this.state.planKeys.has(`${planId}/${keyId}`))
      throw new AwsError('NotFoundException', 'Invalid Usage Plan Key identifier specified', 404);
    await this.state.deletePlanKey(planId, keyId);
    this.#planOfKey.clear();
  }

  /** Takes a key out of the world. */
  async deleteKey(keyId: string): Promise<void> {
    await this.state.deleteKey(keyId);
    this.#planOfKey.clear();
  }

  plansOf(keyId: string): readonly UsagePlan[] {
    return [...this.plans.values()].filter((plan) => this.state.planKeys.has(`${plan.id}/${keyId}`));
  }

  #plan(keyId: string, stage: StageReference): UsagePlan | undefined {
    if (this.#planOfKey.has(keyId)) return this.#planOfKey.get(keyId);
    const plan = this.plansOf(keyId).find((candidate) => hasStage(candidate, stage));
    this.#planOfKey.set(keyId, plan);
    return plan;
  }

  #bucketsFor(plan: UsagePlan, keyId: string, stage: StageReference, method: string, now: number): readonly TokenBucket[] {
    const ofMethod = plan.stages
      .find((entry) => entry.apiId === stage.apiId && entry.stage === stage.stage)
      ?.throttle.get(method);
    // A method's own limits replace the plan's for that method.
    const limits = ofMethod ?? plan.throttle;
    if (limits === undefined) return [];
    const name = ofMethod === undefined ? `${plan.id}/${keyId}` : `${plan.id}/${keyId}${method}`;
    let bucket = this.#buckets.get(name);
    if (bucket === undefined) {
      bucket = new TokenBucket(limits, now);
      this.#buckets.set(name, bucket);
    }
    return [bucket];
  }
}

function hasStage(plan: UsagePlan, stage: StageReference): boolean {
  return plan.stages.some((entry) => entry.apiId === stage.apiId && entry.stage === stage.stage);
}
