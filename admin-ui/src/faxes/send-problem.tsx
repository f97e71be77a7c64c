/** Why a fax was not accepted: the server's words, and where to look. */
import Alert from '@cloudscape-design/components/alert';
import type { ReactElement, ReactNode } from 'react';
import { GatewayError } from '../gateway/gateway-error.js';
import { PageLink } from '../shell/page-link.js';
import { Problem, describe } from '../shell/problem.js';

export function SendProblem({ error, keyName }: { readonly error: unknown; readonly keyName: string }): ReactElement {
  const next = error instanceof GatewayError ? nextStep(error, keyName) : undefined;
  if (next === undefined) return <Problem error={error} title="The fax was not accepted" />;
  return (
    <Alert type="error" header={describe(error)}>
      {next}
    </Alert>
  );
}

function nextStep(error: GatewayError, keyName: string): ReactNode {
  switch (error.status) {
    case 401:
      return (
        <>
          The gateway tells a caller no more. The reason stands in <PageLink to="/diagnostics/api-auth">Diagnostics → API Auth</PageLink>.
        </>
      );
    case 403:
      return (
        <>
          {keyName} lacks the scope fax:send. Edit it in <PageLink to="/api-keys">API Keys</PageLink>, or select another key.
        </>
      );
    case 413:
    case 415:
      return 'The gateway takes PDFs and plain texts up to its limit. Export the document as a PDF, or make it smaller.';
    case 429:
      return (
        <>
          A limit is hit. Adjust MAX_REQUESTS_PER_MINUTE in <PageLink to="/settings/security">Settings → Security</PageLink>, or the limit of the key.
        </>
      );
    default:
      return undefined;
  }
}
