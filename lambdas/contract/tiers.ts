/** The tiers: each is a usage plan of the gateway. A key belongs to one. */

/** From the lowest to the highest. */
export const tiers = ['basic', 'standard', 'high'] as const;

export type Tier = (typeof tiers)[number];

export const defaultTier: Tier = 'standard';

/** The plan of requests that carry no key of ours (a document opened by its token). */
export const anonymousPlan = 'anonymous';

export type UsagePlanName = Tier | typeof anonymousPlan;

export const usagePlanNames: readonly UsagePlanName[] = [...tiers, anonymousPlan];

/**
 * The value of the native API Gateway key that stands for a usage plan. It is a name, no secret: only the authorizer can
 * present it (`apiKeySource: AUTHORIZER`). The stack's own unique id makes it unique in the region, as API Gateway demands.
 */
export function sharedNativeKey(plan: UsagePlanName, stackUniqueId: string): string {
  return `${plan === anonymousPlan ? anonymousPlan : `shared-${plan}`}-${stackUniqueId}`;
}
