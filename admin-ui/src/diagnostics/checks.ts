/** The checks of the gateway: what each is about, and what to do where it fails. Pure. */
import type { Readiness, Settings } from '../gateway/operation-types.js';
import { sandboxWarning } from '../../../lambdas/contract/providers.js';

export interface Check {
  readonly id: string;
  readonly title: string;
  readonly result: 'ok' | 'warning' | 'failed';
  readonly finding: string;
  /** What to do; absent where nothing is to be done. */
  readonly fix?: string;
  readonly link?: { readonly text: string; readonly href: string };
}

interface DependencyWords {
  readonly title: string;
  readonly ok: string;
  readonly failed: string;
  readonly fix: string;
}

const dependencies: Readonly<Record<string, DependencyWords>> = {
  keys: {
    title: 'Keys table',
    ok: 'Keys can be read.',
    failed: 'Keys can not be read: every request with a key is refused.',
    fix: 'Look at the table and at the permissions of the functions in the AWS console; the runbook has the steps.',
  },
  faxes: {
    title: 'Faxes table',
    ok: 'Jobs can be read.',
    failed: 'Jobs can not be read: faxes are neither accepted nor sent.',
    fix: 'Look at the table and at the permissions of the functions in the AWS console; the runbook has the steps.',
  },
  documents: {
    title: 'Documents bucket',
    ok: 'Documents can be reached.',
    failed: 'Documents can not be reached: faxes are not accepted.',
    fix: 'Look at the bucket, its policy and its key in the AWS console.',
  },
  queue: {
    title: 'Send queue',
    ok: 'The queue can be reached.',
    failed: 'The queue can not be reached. Accepted faxes wait: the sweeper sends them once it is back.',
    fix: 'Look at the queue and at its dead-letter queue in the AWS console.',
  },
  provider: {
    title: 'Provider is set up',
    ok: 'The default provider has its credentials.',
    failed: 'The default provider has no credentials: faxes are held.',
    fix: 'Set it up in Settings → Providers, or choose another default there.',
  },
};

/** The checks of GET /health/ready, one after another. */
export function dependencyChecks({ checks }: Readiness): Check[] {
  return Object.entries(checks).map(([name, result]) => {
    const words = Object.entries(dependencies).find(([part]) => name.toLowerCase().includes(part))?.[1];
    if (result === 'ok') return { id: name, title: words?.title ?? name, result, finding: words?.ok ?? 'It answers.' };
    return { id: name, title: words?.title ?? name, result, finding: words?.failed ?? 'It does not answer.', fix: words?.fix ?? 'Look at it in the AWS console.' };
  });
}

/** What the gateway itself warns of; of settings only where the person can not read them (settingsChecks). */
export function warningChecks({ warnings, backend }: Readiness, readsSettings: boolean): Check[] {
  const sandbox = warnings.includes(sandboxWarning);
  return [
    sandbox
      ? {
          id: 'backend',
          title: 'Provider',
          result: 'warning',
          finding: `${sandboxWarning}.`,
          fix: 'Good for trying out. Set a real provider up before anybody relies on it.',
          link: { text: 'Settings → Providers', href: '/settings/providers' },
        }
      : { id: 'backend', title: 'Provider', result: 'ok', finding: `Faxes go out through ${backend}.` },
    ...warnings
      .filter((warning) => warning !== sandboxWarning && !(readsSettings && /^[A-Z_]+ is /.test(warning)))
      .map((warning): Check => ({
        id: warning,
        title: warning.startsWith('Sending') ? 'Sending' : 'Settings',
        result: 'warning',
        finding: `${warning}.`,
        fix: warning.startsWith('Sending') ? 'Deploy with sending=on to let the held faxes go.' : 'Review the settings.',
        ...(warning.startsWith('Sending') ? {} : { link: { text: 'Settings → Security', href: '/settings/security' } }),
      })),
  ];
}

/** What an administrator's settings say about safety. */
export function settingsChecks({ values, deployment }: Settings): Check[] {
  return [
    values.REQUIRE_API_KEY
      ? { id: 'require-key', title: 'Keys are required', result: 'ok', finding: 'Requests without a key are refused.' }
      : {
          id: 'require-key',
          title: 'Keys are required',
          result: 'warning',
          finding: 'Anybody who reaches the gateway can send faxes.',
          fix: 'Set REQUIRE_API_KEY to true.',
          link: { text: 'Settings → Security', href: '/settings/security' },
        },
    values.AUDIT_LOG_ENABLED
      ? { id: 'audit', title: 'Audit log', result: 'ok', finding: 'Faxes, sign-ins and administration are recorded.' }
      : {
          id: 'audit',
          title: 'Audit log',
          result: 'warning',
          finding: 'Only administration is recorded; faxes and sign-ins are not.',
          fix: 'Set AUDIT_LOG_ENABLED to true.',
          link: { text: 'Settings → Security', href: '/settings/security' },
        },
    {
      id: 'limits',
      title: 'Limits',
      result: values.MAX_REQUESTS_PER_MINUTE === 0 ? 'warning' : 'ok',
      finding:
        values.MAX_REQUESTS_PER_MINUTE === 0
          ? 'Beside the usage plans of the tiers, a key may make as many requests as it likes.'
          : `A key may make ${values.MAX_REQUESTS_PER_MINUTE} requests a minute.`,
      ...(values.MAX_REQUESTS_PER_MINUTE === 0 ? { fix: 'Set MAX_REQUESTS_PER_MINUTE.', link: { text: 'Settings → Security', href: '/settings/security' } } : {}),
    },
    { id: 'stage', title: 'Stage', result: 'ok', finding: `${deployment.stage}, with provider ${deployment.provider} and documents up to ${deployment.max_file_size_mb} MB.` },
  ];
}
