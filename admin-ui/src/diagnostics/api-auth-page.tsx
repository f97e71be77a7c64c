/** Diagnostics → API Auth: recent successes and failures, with reasons. */
import type { ReactElement } from 'react';
import { Page } from '../shell/page.js';
import { AuthEventsTable } from './auth-events-table.js';

const path = [{ text: 'Diagnostics', href: '/diagnostics' }];

export function ApiAuthPage(): ReactElement {
  return (
    <Page
      title="API Auth"
      path={path}
      description="Why was a request refused? Its caller is told only that the key is invalid; here is the reason, and what to do."
    >
      <AuthEventsTable />
    </Page>
  );
}
