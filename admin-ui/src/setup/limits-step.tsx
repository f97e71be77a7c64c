/** The third step: requests a minute, the life of keys and of document links. */
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactElement } from 'react';
import { settingDescriptions } from '../../../lambdas/contract/settings-schemas.js';
import type { SettingsStepProps } from './access-step.js';

const fields = [
  { name: 'MAX_REQUESTS_PER_MINUTE', member: 'requestsPerMinute' },
  { name: 'DEFAULT_KEY_EXPIRY_DAYS', member: 'keyExpiryDays' },
  { name: 'PDF_TOKEN_TTL_MINUTES', member: 'linkMinutes' },
] as const;

export function LimitsStep({ draft, problems, onChange }: SettingsStepProps): ReactElement {
  return (
    <Container>
      <SpaceBetween size="l">
        {fields.map(({ name, member }) => (
          <FormField key={name} label={<span className="mono">{name}</span>} description={settingDescriptions[name]} errorText={problems[name]} stretch>
            <Input value={draft[member]} inputMode="numeric" onChange={({ detail }) => onChange({ [member]: detail.value })} />
          </FormField>
        ))}
      </SpaceBetween>
    </Container>
  );
}
