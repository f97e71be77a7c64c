/** The form that exchanges a key for a session. The key is in this field alone, and goes with it. */
import Button from '@cloudscape-design/components/button';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type SubmitEvent, type ReactElement } from 'react';
import { GatewayError } from '../gateway/gateway-error.js';
import { describe } from '../shell/problem.js';
import { signIn } from './session.js';

export function SignInForm({ onSignedIn, onCancel }: { readonly onSignedIn: () => void; readonly onCancel?: () => void }): ReactElement {
  const [key, setKey] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    // A form in a dialog stands, for React, within the form below the dialog.
    event.stopPropagation();
    const trimmed = key.trim();
    if (trimmed === '') return setProblem('Paste a key with the scope admin or keys:manage.');
    setBusy(true);
    try {
      await signIn(trimmed);
      setKey('');
      onSignedIn();
    } catch (error) {
      setProblem(explain(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)} aria-label="Sign in">
      <Form
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            {onCancel !== undefined && (
              <Button variant="link" formAction="none" onClick={onCancel}>
                Cancel
              </Button>
            )}
            <Button variant="primary" loading={busy} loadingText="Signing in">
              Sign in
            </Button>
          </SpaceBetween>
        }
      >
        <FormField
          label="Admin key"
          description="It is exchanged for a session and kept nowhere: not in this page, not in the browser's storage."
          errorText={problem}
        >
          <Input
            type="password"
            value={key}
            autoFocus
            autoComplete="off"
            spellcheck={false}
            placeholder="fbk_live_…"
            onChange={({ detail }) => {
              setKey(detail.value);
              setProblem('');
            }}
          />
        </FormField>
      </Form>
    </form>
  );
}

function explain(error: unknown): string {
  if (error instanceof GatewayError && error.status === 401) {
    return 'Invalid or missing API key. The gateway does not say which: the key may be mistyped, expired, revoked or disabled, or not be allowed from your address.';
  }
  return describe(error);
}
