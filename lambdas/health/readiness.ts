/** Whether faxes can be accepted and sent, from what the checks found. Pure. */
import type * as z from 'zod/mini';
import type { readinessSchema } from '../contract/schemas.js';
import { settingsWarnings, type Settings } from '../settings/settings.js';

export interface CheckResult {
  readonly name: string;
  readonly held: boolean;
}

/** The provider that faxes go to first. */
export interface ProviderInForce {
  readonly backend: string;
  readonly warnings: readonly string[];
}

export type Readiness = z.output<typeof readinessSchema>;

/** Ready when every check held. Warnings do not end readiness, and nobody may overlook them. */
export function readinessOf(checks: readonly CheckResult[], gateway: { readonly provider: ProviderInForce; readonly sending: 'on' | 'off' }, settings: Settings): Readiness {
  return {
    status: checks.every(({ held }) => held) ? 'ready' : 'not_ready',
    backend: gateway.provider.backend,
    checks: Object.fromEntries(checks.map(({ name, held }) => [name, held ? 'ok' : 'failed'])),
    warnings: [
      ...gateway.provider.warnings,
      ...(gateway.sending === 'off' ? ['Sending is switched off: faxes are accepted and held'] : []),
      ...settingsWarnings(settings),
    ],
  };
}
