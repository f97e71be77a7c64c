/** What nobody may overlook while it holds: that the provider dials nobody, that sending is off, that keys are not required. */
import type { ReactNode } from 'react';
import { sandboxWarning } from '../../../lambdas/contract/providers.js';
import { useRead } from '../gateway/use-gateway.js';

export function useBanner(): readonly { readonly id: string; readonly content: ReactNode }[] {
  const readiness = useRead('getReadiness', { every: 60_000 });
  return (readiness.data?.warnings ?? []).map((warning) => ({
    id: `warning-${warning}`,
    content: warning === sandboxWarning ? 'Sandbox: this gateway dials nobody. Everything works up to the telephone call, and no fax is delivered.' : `${warning}.`,
  }));
}
