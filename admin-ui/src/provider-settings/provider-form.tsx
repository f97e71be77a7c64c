/** The form of a provider's credentials. A secret that is saved stays unless another one is typed. */
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useState, type ReactElement, type SubmitEvent } from 'react';
import { isErrorCode } from '../gateway/gateway-error.js';
import { useChange } from '../gateway/use-gateway.js';
import { notify } from '../shell/notifications.js';
import { Problem } from '../shell/problem.js';
import { draftOf, isChanged, problemsOf, writtenFields, type ProviderDraft } from './provider-draft.js';
import type { Provider } from './provider-words.js';
import { staleAfterProviderChange } from './stale.js';

interface ProviderFormProps {
  readonly provider: Pick<Provider, 'id' | 'name' | 'fields' | 'manifest'>;
  /** Of the providers, as they were read. */
  readonly version: number;
  /** Nothing of it is saved yet. */
  readonly fresh?: boolean;
  readonly onSaved?: () => void;
}

export function ProviderForm({ provider, version, fresh = false, onSaved }: ProviderFormProps): ReactElement {
  const [base] = useState(version);
  const [draft, setDraft] = useState<ProviderDraft>(() => draftOf(provider));
  const save = useChange('saveProvider', staleAfterProviderChange);
  const problems = problemsOf(save.error, draft);
  const saved = fresh ? { fields: provider.fields, manifest: null } : provider;
  const store = (validate: boolean): void =>
    save.mutate(
      { id: provider.id, body: { version: base, validate, ...writtenFields(draft, saved) } },
      {
        onSuccess: ({ effective_within_seconds: seconds }) => {
          notify('success', `${provider.name} is saved${validate ? ', and takes these credentials' : ''}. It counts within ${seconds} seconds.`);
          onSaved?.();
        },
      },
    );
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!save.isPending && problems.manifest === undefined) store(true);
  };
  return (
    <form onSubmit={submit} aria-label={provider.name} noValidate>
      <Form
        actions={
          <Button variant="primary" loading={save.isPending} loadingText="Asking the provider" disabled={!isChanged(draft, saved)} disabledReason="Nothing is changed yet">
            Check and save
          </Button>
        }
      >
        <Container header={<Header variant="h2" description="Tried with the provider before they are saved; no call is made. Secrets are kept in AWS Secrets Manager and never shown again.">Credentials</Header>}>
          <SpaceBetween size="l">
            {provider.fields.map((field) => (
              <FormField
                key={field.name}
                label={<span className="mono">{field.name}</span>}
                description={field.description}
                constraintText={constraint(field)}
                errorText={problems.fields[field.name]}
              >
                <Input
                  value={draft.fields[field.name] ?? ''}
                  type={field.secret ? 'password' : 'text'}
                  autoComplete={field.secret ? 'new-password' : 'off'}
                  spellcheck={false}
                  placeholder={field.secret && field.set ? 'saved; type another one to replace it' : ''}
                  onChange={({ detail }) => setDraft({ ...draft, fields: { ...draft.fields, [field.name]: detail.value } })}
                />
              </FormField>
            ))}
            {provider.manifest !== null && (
              <FormField label="Manifest" description="What the provider is asked and what its answers mean, as JSON." errorText={problems.manifest} stretch>
                <Textarea value={draft.manifest ?? ''} rows={18} spellcheck={false} onChange={({ detail }) => setDraft({ ...draft, manifest: detail.value })} />
              </FormField>
            )}
            <Refusal error={save.error} name={provider.name} onAnyway={() => store(false)} />
          </SpaceBetween>
        </Container>
      </Form>
    </form>
  );
}

function Refusal({ error, name, onAnyway }: { readonly error: unknown; readonly name: string; readonly onAnyway: () => void }): ReactElement | null {
  if (isErrorCode(error, 'settings_conflict'))
    return (
      <Alert type="warning" header="Somebody else changed the providers in the meantime">
        Load this page again, and enter your change once more: nothing of theirs was written over.
      </Alert>
    );
  if (isErrorCode(error, 'provider_unreachable'))
    return (
      <Alert type="warning" header={`${name} could not be asked`} action={<Button formAction="none" onClick={onAnyway}>Save without checking</Button>}>
        {error.message}
      </Alert>
    );
  return <Problem error={error} title="Not saved" />;
}

function constraint({ required, secret, set }: ProviderFormProps['provider']['fields'][number]): string {
  if (secret && set) return 'Saved, and not shown';
  return required ? 'Required' : 'Optional';
}
