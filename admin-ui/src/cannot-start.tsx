/** What stands there when not even the console's own configuration could be read. */
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import type { ReactElement } from 'react';

export function CannotStart({ error }: { readonly error: unknown }): ReactElement {
  return (
    <main className="sign-in">
      <Alert type="error" header="The Admin Console could not start" action={<Button onClick={() => location.reload()}>Try again</Button>}>
        Its configuration could not be read: {error instanceof Error ? error.message : String(error)}
      </Alert>
    </main>
  );
}
