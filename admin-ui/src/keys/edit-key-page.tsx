/** Edit a key. Where somebody else was faster, both versions are shown and the person chooses. */
import Button from '@cloudscape-design/components/button';
import Form from '@cloudscape-design/components/form';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type SubmitEvent, type ReactElement } from 'react';
import { useNavigate, useParams } from 'react-router';
import { editApiKeySchema } from '../../../lambdas/contract/key-schemas.js';
import { call } from '../gateway/gateway.js';
import { fieldProblems, isErrorCode } from '../gateway/gateway-error.js';
import type { ApiKey } from '../gateway/operation-types.js';
import { useChange, useRead } from '../gateway/use-gateway.js';
import { Loaded } from '../shell/loaded.js';
import { notify } from '../shell/notifications.js';
import { Page } from '../shell/page.js';
import { Problem } from '../shell/problem.js';
import { ConflictDialog } from './conflict-dialog.js';
import { changesAnything, draftOf, editOf, type KeyDraft } from './key-draft.js';
import { KeyFields } from './key-fields.js';
import { problemsOf } from './key-problems.js';
import { titleOf } from './key-words.js';
import { staleAfterKeyChange } from './stale.js';

export function EditKeyPage(): ReactElement {
  const { id = '' } = useParams();
  const key = useRead('getApiKey', { id });
  const title = key.data === undefined ? id : titleOf(key.data);
  return (
    <Page title={`Edit ${title}`} path={[{ text: 'API Keys', href: '/api-keys' }, { text: title, href: `/api-keys/${id}` }]}>
      <Loaded query={key} what="the key">
        {(data) => <EditForm first={data} />}
      </Loaded>
    </Page>
  );
}

/** `first` is the key as it was when the form opened: that it is read anew must not take away what was typed. */
function EditForm({ first }: { readonly first: ApiKey }): ReactElement {
  const navigate = useNavigate();
  const [base, setBase] = useState(first);
  const [draft, setDraft] = useState<KeyDraft>(() => draftOf(first));
  const [theirs, setTheirs] = useState<ApiKey>();
  const edit = useChange('editApiKey', staleAfterKeyChange);
  const body = editOf(draft, base, Date.now());
  const problems = { ...fieldProblems(edit.error), ...problemsOf(editApiKeySchema, body) };
  const back = (): void => void navigate(`/api-keys/${base.key_id}`);
  const save = (on: ApiKey): void =>
    edit.mutate(
      { id: on.key_id, body: { ...body, version: on.version } },
      {
        onSuccess: (saved) => {
          notify('success', `${titleOf(saved)} is saved. The change counts from the next request on.`);
          back();
        },
        onError: (error) => {
          if (isErrorCode(error, 'write_conflict')) void call('getApiKey', { id: on.key_id }).then(setTheirs, () => undefined);
        },
      },
    );
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!edit.isPending && Object.keys(problemsOf(editApiKeySchema, body)).length === 0) save(base);
  };
  return (
    <form onSubmit={submit} aria-label="Edit key" noValidate>
      <Form
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" formAction="none" onClick={back}>
              Cancel
            </Button>
            <Button variant="primary" loading={edit.isPending} disabled={!changesAnything(draft, base)} disabledReason="Nothing is changed yet">
              Save
            </Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          <KeyFields draft={draft} problems={problems} currentExpiry={base.expires_at} onChange={(change) => setDraft({ ...draft, ...change })} />
          <Problem error={isErrorCode(edit.error, 'write_conflict') ? null : edit.error} title="The key was not saved" />
        </SpaceBetween>
      </Form>
      {theirs !== undefined && (
        <ConflictDialog
          mine={body}
          base={base}
          theirs={theirs}
          onMine={() => {
            setBase(theirs);
            setTheirs(undefined);
            save(theirs);
          }}
          onTheirs={() => {
            setBase(theirs);
            setDraft(draftOf(theirs));
            setTheirs(undefined);
            edit.reset();
          }}
          onClose={() => setTheirs(undefined)}
        />
      )}
    </form>
  );
}
