/** Setup Wizard: from a fresh gateway to the first fax, in four steps. */
import Wizard from '@cloudscape-design/components/wizard';
import { useState, type ReactElement } from 'react';
import { useNavigate } from 'react-router';
import type { Settings } from '../gateway/operation-types.js';
import { useRead } from '../gateway/use-gateway.js';
import { newKey, type KeyDraft } from '../keys/key-draft.js';
import { Loaded } from '../shell/loaded.js';
import { Page } from '../shell/page.js';
import { useVerdict } from '../settings/use-verdict.js';
import { AccessStep } from './access-step.js';
import { FirstKeyStep } from './first-key-step.js';
import { LimitsStep } from './limits-step.js';
import { ProfileStep } from './profile-step.js';
import { draftOf, valuesOf, type SetupDraft } from './profiles.js';
import { ReviewStep } from './review-step.js';
import { useSetup } from './use-setup.js';

export function SetupWizardPage(): ReactElement {
  const settings = useRead('getSettings');
  return (
    <Page title="Setup Wizard" headless>
      <Loaded query={settings} what="the settings">
        {(data) => <Steps settings={data} />}
      </Loaded>
    </Page>
  );
}

function Steps({ settings }: { readonly settings: Settings }): ReactElement {
  const navigate = useNavigate();
  const [step, setStep] = useState(0);
  const [draft, setDraft] = useState<SetupDraft>(() => draftOf('hipaa', settings));
  const [key, setKey] = useState<KeyDraft | undefined>({ ...newKey, name: 'first key' });
  const verdict = useVerdict(valuesOf(draft));
  const setup = useSetup();
  const problems = Object.fromEntries((verdict?.errors ?? []).map(({ field, message }) => [field.replace(/^values\./, ''), message]));
  const change = (to: Partial<SetupDraft>): void => setDraft({ ...draft, ...to });
  return (
    <Wizard
      activeStepIndex={step}
      isLoadingNextStep={setup.busy}
      submitButtonText={key === undefined ? 'Apply' : 'Apply and create the key'}
      onCancel={() => void navigate('/')}
      onNavigate={({ detail }) => {
        if (detail.reason !== 'next' || verdict?.valid !== false) setStep(detail.requestedStepIndex);
      }}
      onSubmit={() => setup.apply({ settings, values: valuesOf(draft), key })}
      i18nStrings={{
        stepNumberLabel: (number) => `Step ${number}`,
        collapsedStepsLabel: (number, count) => `Step ${number} of ${count}`,
        skipToButtonLabel: ({ title }) => `Skip to ${title}`,
        navigationAriaLabel: 'Steps',
        cancelButton: 'Cancel',
        previousButton: 'Previous',
        nextButton: 'Next',
        optional: 'optional',
      }}
      steps={[
        {
          title: 'Security profile',
          description: 'Where to start from. Everything can be changed in the next steps, and later in Settings → Security.',
          content: <ProfileStep profile={draft.profile} onChoose={(profile) => setDraft(draftOf(profile, settings))} />,
        },
        { title: 'Access', description: 'Who gets in, and what is recorded.', content: <AccessStep draft={draft} settings={settings} problems={problems} onChange={change} /> },
        { title: 'Limits', description: 'How much, and for how long.', content: <LimitsStep draft={draft} settings={settings} problems={problems} onChange={change} /> },
        { title: 'First key', description: 'For the first client, and for the test fax.', isOptional: true, content: <FirstKeyStep draft={key} onChange={setKey} /> },
        { title: 'Review', description: 'Nothing is changed until you apply it.', content: <ReviewStep verdict={verdict} keyDraft={key} error={setup.error} /> },
      ]}
    />
  );
}
