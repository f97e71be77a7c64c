/** The providers that the gateway can send through. */

export const providers = ['sandbox'] as const;

export type ProviderId = (typeof providers)[number];

/** The providers that dial nobody: nobody may take their faxes for delivered ones. */
export const providersThatDialNobody: ReadonlySet<string> = new Set<ProviderId>(['sandbox']);

/** What everybody must know who sees a fax of the sandbox. */
export const sandboxWarning = 'The provider is the sandbox: it dials nobody, and no fax is delivered';
