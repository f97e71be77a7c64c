/** The providers that the gateway can send through. */

export const providers = ['sandbox'] as const;

export type ProviderId = (typeof providers)[number];

/** What everybody must know who sees a fax of the sandbox. */
export const sandboxWarning = 'The provider is the sandbox: it dials nobody, and no fax is delivered';
