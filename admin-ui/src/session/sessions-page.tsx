/** Sessions. */
import type { ReactElement } from 'react';
import { Page } from '../shell/page.js';
export function SessionsPage(): ReactElement {
  return <Page title="Sessions">x</Page>;
}
