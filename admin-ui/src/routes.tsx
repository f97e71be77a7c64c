/** The addresses of the pages. Each page is loaded when somebody goes there. */
import type { ReactElement } from 'react';
import { Navigate, createBrowserRouter, type RouteObject } from 'react-router';
import { Gate } from './session/gate.js';
import { useHolds, useIsAdmin } from './session/me.js';
import { Needs } from './session/no-permission.js';
import { NotFound } from './shell/not-found.js';
import { PageFailed } from './shell/page-failed.js';
import type { Scope } from '../../lambdas/contract/scopes.js';

export type Router = ReturnType<typeof createBrowserRouter>;

export function makeRouter(): Router {
  return createBrowserRouter([
    {
      element: <Gate />,
      errorElement: <PageFailed />,
      hydrateFallbackElement: <></>,
      children: [{ errorElement: <PageFailed />, children: pages }],
    },
  ]);
}

const pages: RouteObject[] = [
  { index: true, element: <Home /> },
  page('/api-keys', 'API Keys', 'keys:manage', async () => (await import('./keys/keys-page.js')).KeysPage),
  page('/api-keys/create', 'Create Key', 'keys:manage', async () => (await import('./keys/create-key-page.js')).CreateKeyPage),
  page('/api-keys/:id', 'API key', 'keys:manage', async () => (await import('./keys/key-page.js')).KeyPage),
  page('/api-keys/:id/edit', 'Edit key', 'keys:manage', async () => (await import('./keys/edit-key-page.js')).EditKeyPage),
  page('/send-fax', 'Send Fax', undefined, async () => (await import('./faxes/send-fax-page.js')).SendFaxPage),
  page('/jobs', 'Jobs', 'admin', async () => (await import('./faxes/jobs-page.js')).JobsPage),
  page('/jobs/:id', 'Job', 'admin', async () => (await import('./faxes/job-page.js')).JobPage),
  page('/diagnostics', 'Diagnostics', undefined, async () => (await import('./diagnostics/diagnostics-page.js')).DiagnosticsPage),
  page('/diagnostics/api-auth', 'API Auth', 'keys:manage', async () => (await import('./diagnostics/api-auth-page.js')).ApiAuthPage),
  page('/audit-log', 'Audit log', 'admin', async () => (await import('./audit/audit-log-page.js')).AuditLogPage),
  { path: '/settings', element: <Navigate to="/settings/security" replace /> },
  page('/settings/security', 'Security', 'admin', async () => (await import('./settings/security-page.js')).SecurityPage),
  page('/settings/providers', 'Providers', 'admin', async () => (await import('./provider-settings/providers-page.js')).ProvidersPage),
  page('/settings/providers/new', 'Add a provider', 'admin', async () => (await import('./provider-settings/new-provider-page.js')).NewProviderPage),
  page('/settings/providers/:id', 'Provider', 'admin', async () => (await import('./provider-settings/provider-page.js')).ProviderPage),
  page('/settings/sessions', 'Sessions', 'admin', async () => (await import('./session/sessions-page.js')).SessionsPage),
  page('/setup-wizard', 'Setup Wizard', 'admin', async () => (await import('./setup/setup-wizard-page.js')).SetupWizardPage),
  { path: '*', element: <NotFound /> },
];

function page(path: string, title: string, scope: Scope | undefined, load: () => Promise<() => ReactElement>): RouteObject {
  return {
    path,
    lazy: async () => {
      const Content = await load();
      return {
        Component: () =>
          scope === undefined ? (
            <Content />
          ) : (
            <Needs scope={scope} title={title}>
              <Content />
            </Needs>
          ),
      };
    },
  };
}

/** Where each of them begins. */
function Home(): ReactElement {
  const managesKeys = useHolds('keys:manage');
  const administers = useIsAdmin();
  if (managesKeys) return <Navigate to="/api-keys" replace />;
  return <Navigate to={administers ? '/jobs' : '/send-fax'} replace />;
}
