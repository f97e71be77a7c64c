/** Create Key: the form, and then the token, once. */
import Button from '@cloudscape-design/components/button';
import Form from '@cloudscape-design/components/form';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type SubmitEvent, type ReactElement } from 'react';
import { useNavigate } from 'react-router';
import { createApiKeySchema } from '../../../lambdas/contract/key-schemas.js';
import { fieldProblems } from '../gateway/gateway-error.js';
import { useChange } from '../gateway/use-gateway.js';
import { Page } from '../shell/page.js';
import { Problem } from '../shell/problem.js';
import { creationOf, newKey, type KeyDraft } from './key-draft.js';
import { KeyFields } from './key-fields.js';
import { problemsOf } from './key-problems.js';
import { titleOf } from './key-words.js';
import { showToken } from './shown-token.js';
import { staleAfterKeyChange } from './stale.js';

const path = [{ text: 'API Keys', href: '/api-keys' }];

export function CreateKeyPage(): ReactElement {
  const navigate = useNavigate();
  const [draft, setDraft] = useState<KeyDraft>(newKey);
  const [tried, setTried] = useState(false);
  const create = useChange('createApiKey', staleAfterKeyChange);
  const body = creationOf(draft, Date.now());
  const problems = { ...fieldProblems(create.error), ...(tried ? problemsOf(createApiKeySchema, body) : {}) };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setTried(true);
    if (create.isPending || Object.keys(problemsOf(createApiKeySchema, body)).length > 0) return;
    create.mutate(
      { body },
      {
        onSuccess: (created) => {
          void navigate(`/api-keys/${created.key_id}`);
          showToken({ keyId: created.key_id, name: titleOf(created), token: created.token, reason: 'created' });
        },
      },
    );
  };
  return (
    <Page title="Create Key" path={path} description="The token is shown once, right after the key is created.">
      <form onSubmit={submit} aria-label="Create Key" noValidate>
        <Form
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button variant="link" formAction="none" onClick={() => void navigate('/api-keys')}>
                Cancel
              </Button>
              <Button variant="primary" loading={create.isPending} loadingText="Creating">
                Create Key
              </Button>
            </SpaceBetween>
          }
        >
          <SpaceBetween size="l">
            <KeyFields
              draft={draft}
              problems={problems}
              onChange={(change) => {
                setDraft({ ...draft, ...change });
                create.reset();
              }}
            />
            <Problem error={create.error} title="The key was not created" />
          </SpaceBetween>
        </Form>
      </form>
    </Page>
  );
}
