/** The second step: whether keys are required, and what is recorded. */
import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import type { ReactElement } from 'react';
import { settingDescriptions } from '../../../lambdas/contract/settings-schemas.js';
import type { Settings } from '../gateway/operation-types.js';
import type { SetupDraft } from './profiles.js';

export interface SettingsStepProps {
  readonly draft: SetupDraft;
  readonly settings: Settings;
  readonly problems: Readonly<Record<string, string>>;
  readonly onChange: (change: Partial<SetupDraft>) => void;
}

export function AccessStep({ draft, settings, problems, onChange }: SettingsStepProps): ReactElement {
  const locked = settings.fields.find(({ name }) => name === 'REQUIRE_API_KEY')?.locked ?? null;
  return (
    <Container>
      <SpaceBetween size="l">
        <FormField label={<span className="mono">REQUIRE_API_KEY</span>} description={settingDescriptions.REQUIRE_API_KEY} errorText={problems['REQUIRE_API_KEY']} warningText={locked ?? undefined} stretch>
          <Toggle checked={draft.requireApiKey} disabled={locked !== null} ariaLabel="REQUIRE_API_KEY" onChange={({ detail }) => onChange({ requireApiKey: detail.checked })}>
            {String(draft.requireApiKey)}
          </Toggle>
        </FormField>
        {!draft.requireApiKey && <Alert type="warning">Anybody who reaches the gateway will be able to send faxes. For production, require keys.</Alert>}
        <FormField label={<span className="mono">AUDIT_LOG_ENABLED</span>} description={settingDescriptions.AUDIT_LOG_ENABLED} errorText={problems['AUDIT_LOG_ENABLED']} stretch>
          <Toggle checked={draft.auditLog} ariaLabel="AUDIT_LOG_ENABLED" onChange={({ detail }) => onChange({ auditLog: detail.checked })}>
            {String(draft.auditLog)}
          </Toggle>
        </FormField>
      </SpaceBetween>
    </Container>
  );
}
