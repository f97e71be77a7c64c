/** The fourth step: a key for the first client. */
import Container from '@cloudscape-design/components/container';
import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactElement } from 'react';
import { newKey, type KeyDraft } from '../keys/key-draft.js';
import { ScopeChecklist } from '../keys/scope-checklist.js';

interface FirstKeyStepProps {
  /** Undefined: no key. */
  readonly draft: KeyDraft | undefined;
  readonly onChange: (draft: KeyDraft | undefined) => void;
}

export function FirstKeyStep({ draft, onChange }: FirstKeyStepProps): ReactElement {
  return (
    <Container>
      <SpaceBetween size="l">
        <Checkbox checked={draft !== undefined} description="Its token is shown once, when the settings are applied." onChange={({ detail }) => onChange(detail.checked ? { ...newKey, name: 'first key' } : undefined)}>
          Create a key
        </Checkbox>
        {draft !== undefined && (
          <>
            <FormField label="Name" description="It expires in 90 days; more can be chosen in API Keys.">
              <Input value={draft.name} onChange={({ detail }) => onChange({ ...draft, name: detail.value })} />
            </FormField>
            <ScopeChecklist chosen={draft.scopes} problem={draft.scopes.length === 0 ? 'Must name at least one scope.' : undefined} onChange={(scopes) => onChange({ ...draft, scopes })} />
          </>
        )}
      </SpaceBetween>
    </Container>
  );
}
