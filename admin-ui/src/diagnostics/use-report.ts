/** A report for whoever is asked for help: what the checks found, the settings, recent refusals. No token and no number. */
import { useState } from 'react';
import { call } from '../gateway/gateway.js';
import { download } from '../shell/download.js';
import { useRuntimeConfig } from '../shell/runtime-config-context.js';

export function useReport(): { readonly busy: boolean; readonly error: unknown; readonly save: () => void } {
  const { stage, version } = useRuntimeConfig();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const save = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const [readiness, settings, refused, failed] = await Promise.all([
        call('getReadiness'),
        call('getSettings'),
        call('listAuthEvents', { query: { outcome: 'refused', limit: 50 } }),
        call('listFaxJobs', { query: { status: 'failed', limit: 20 } }),
      ]);
      const report = {
        made_at: new Date().toISOString(),
        console: { stage, version, user_agent: navigator.userAgent },
        readiness,
        settings: { version: settings.version, values: settings.values, deployment: settings.deployment, warnings: settings.warnings },
        refused_sign_ins: refused.items,
        failed_jobs: failed,
      };
      download(`faxbot-diagnostics-${report.made_at.slice(0, 19).replaceAll(':', '-')}.json`, `${JSON.stringify(report, null, 2)}\n`, 'application/json');
    } catch (cause) {
      setError(cause);
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, save: () => void save() };
}
