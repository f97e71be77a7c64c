/** An error as a person reads it: the server's own words, and what to do next. */
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import type { ReactElement } from 'react';
import { ConnectionLost, GatewayError } from '../gateway/gateway-error.js';

export function Problem({ error, title = 'That did not work', retry }: { readonly error: unknown; readonly title?: string; readonly retry?: () => void }): ReactElement | null {
  if (error === null || error === undefined) return null;
  return (
    <Alert type="error" header={headline(error, title)} action={retry === undefined ? undefined : <Button onClick={retry}>Try again</Button>}>
      {describe(error)}
    </Alert>
  );
}

function headline(error: unknown, title: string): string {
  if (error instanceof ConnectionLost) return 'The connection is lost';
  if (error instanceof GatewayError && error.status === 403) return 'Not permitted';
  return title;
}

/** The server's detail with its status, and how long to wait where it says so. */
export function describe(error: unknown): string {
  if (!(error instanceof GatewayError)) return error instanceof Error ? error.message : String(error);
  const wait = error.retryAfter === undefined ? '' : ` (try again in ${error.retryAfter} s)`;
  return `${error.status}: ${error.message}${wait}`;
}
