/** The providers that the gateway can send through. */

/** Those that it knows by itself. */
export const providers = ['sandbox', 'sinch', 'phaxio', 'telnyx', 'signalwire', 'documo'] as const;

export type ProviderId = (typeof providers)[number];

/** The id of a provider: one that the gateway knows, or one of a team's own, which a manifest describes. */
export const providerIdPattern = /^[a-z][a-z0-9-]{1,30}$/;

/** True for a provider that needs no manifest. */
export function isBuiltIn(id: string): id is ProviderId {
  return providers.some((one) => one === id);
}

/** The providers that dial nobody: nobody may take their faxes for delivered ones. */
export const providersThatDialNobody: ReadonlySet<string> = new Set<ProviderId>(['sandbox']);

/** What everybody must know who sees a fax of the sandbox. */
export const sandboxWarning = 'The provider is the sandbox: it dials nobody, and no fax is delivered';
