/** The first step: HIPAA or relaxed. */
import Alert from '@cloudscape-design/components/alert';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tiles from '@cloudscape-design/components/tiles';
import type { ReactElement } from 'react';
import { profiles, type SetupDraft } from './profiles.js';

interface ProfileStepProps {
  readonly profile: SetupDraft['profile'];
  readonly onChoose: (profile: SetupDraft['profile']) => void;
}

export function ProfileStep({ profile, onChoose }: ProfileStepProps): ReactElement {
  return (
    <SpaceBetween size="m">
      <Tiles
        value={profile}
        columns={2}
        ariaLabel="Security profile"
        items={[
          { value: 'hipaa', label: profiles.hipaa.title, description: profiles.hipaa.description },
          { value: 'relaxed', label: profiles.relaxed.title, description: profiles.relaxed.description },
        ]}
        onChange={({ detail }) => onChoose(detail.value === 'relaxed' ? 'relaxed' : 'hipaa')}
      />
      {profile === 'hipaa' && (
        <Alert type="info">The profile sets what this gateway can set. Agreements with your provider and with AWS, and who may sign in, stay with you.</Alert>
      )}
    </SpaceBetween>
  );
}
