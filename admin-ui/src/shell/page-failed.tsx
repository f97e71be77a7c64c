/** A page that could not be loaded or drawn: what happened, and the way on. */
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import type { ReactElement } from 'react';
import { useRouteError } from 'react-router';

export function PageFailed(): ReactElement {
  const error = useRouteError();
  return (
    <Alert type="error" header="This page could not be shown" action={<Button onClick={() => location.reload()}>Load it again</Button>}>
      {error instanceof Error ? error.message : String(error)}. The console may have been updated since you opened it.
    </Alert>
  );
}
