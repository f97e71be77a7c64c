/** Runs the checks that the person signed in may see, and again each half minute. */
import { useRead } from '../gateway/use-gateway.js';
import { useIsAdmin } from '../session/me.js';
import { dependencyChecks, settingsChecks, warningChecks, type Check } from './checks.js';

interface Checks {
  readonly checks: readonly Check[];
  readonly error: unknown;
  readonly checkedAt: string | undefined;
  readonly busy: boolean;
  readonly again: () => void;
}

export function useChecks(): Checks {
  const administers = useIsAdmin();
  const readiness = useRead('getReadiness', { every: 30_000 });
  const settings = useRead('getSettings', { enabled: administers });
  return {
    checks: [
      ...(readiness.data === undefined ? [] : [...dependencyChecks(readiness.data), ...warningChecks(readiness.data, settings.data !== undefined)]),
      ...(settings.data === undefined ? [] : settingsChecks(settings.data)),
    ],
    error: readiness.error ?? settings.error,
    checkedAt: readiness.data === undefined ? undefined : new Date(readiness.dataUpdatedAt).toISOString(),
    busy: readiness.isFetching || settings.isFetching,
    again: () => {
      void readiness.refetch();
      if (administers) void settings.refetch();
    },
  };
}
