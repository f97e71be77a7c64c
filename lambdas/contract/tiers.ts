/** The tiers: each is a usage plan of the gateway. A key belongs to one. */

/** From the lowest to the highest. */
export const tiers = ['basic', 'standard', 'high'] as const;

export type Tier = (typeof tiers)[number];

export const defaultTier: Tier = 'standard';

/** The plan of requests that carry no key of ours (a document opened by its token). */
export const anonymousPlan = 'anonymous';

/** The plan of the console's sessions. */
export const consolePlan = 'console';

export type UsagePlanName = Tier | typeof anonymousPlan | typeof consolePlan;

export const usagePlanNames: readonly UsagePlanName[] = [...tiers, anonymousPlan, consolePlan];

/**
 * The value of the native API Gateway key that stands for a usage plan. It is a name, no secret: only the authorizer can
 * present it (`apiKeySource: AUTHORIZER`). The stack's own unique id makes it unique in the region, as API Gateway demands.
 */
export function sharedNativeKey(plan: UsagePlanName, stackUniqueId: string): string {
  return `${plan === anonymousPlan || plan === consolePlan ? plan : `shared-${plan}`}-${stackUniqueId}`;
}
