/** How a sign-in ended, as the history of sign-ins tells it. */

export const authOutcomes = ['accepted', 'refused', 'limited'] as const;

export type AuthOutcome = (typeof authOutcomes)[number];
