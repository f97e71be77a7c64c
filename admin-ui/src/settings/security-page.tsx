/** Settings → Security: each setting explained, what changes shown before it is applied, earlier versions to go back to. */
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type SubmitEvent, type ReactElement } from 'react';
import type { Settings } from '../gateway/operation-types.js';
import { useRead } from '../gateway/use-gateway.js';
import { Loaded } from '../shell/loaded.js';
import { Page } from '../shell/page.js';
import { ApplyDialog } from './apply-dialog.js';
import { changesOf, type SettingDraft } from './setting-draft.js';
import { SettingInput } from './setting-fields.js';
import { SettingsExport } from './settings-export.js';
import { SettingsVersions } from './settings-versions.js';
import { useVerdict } from './use-verdict.js';

const path = [{ text: 'Settings', href: '/settings' }];

const groups = [
  { title: 'Access', names: ['REQUIRE_API_KEY', 'REQUIRE_IP_RANGES', 'DEFAULT_KEY_EXPIRY_DAYS'] },
  { title: 'Limits', names: ['MAX_REQUESTS_PER_MINUTE', 'TIER_REQUESTS_PER_MINUTE', 'MAX_FILE_SIZE_MB'] },
  { title: 'Dialling again', names: ['REDIAL_BUSY_SECONDS', 'REDIAL_NO_ANSWER_SECONDS', 'REDIAL_MAX_TRIES', 'REDIAL_MAX_DIALS'] },
  { title: 'Audit and documents', names: ['AUDIT_LOG_ENABLED', 'PDF_TOKEN_TTL_MINUTES'] },
  { title: 'Received faxes', names: ['INBOUND_LIST_RPM', 'INBOUND_GET_RPM', 'INBOUND_TOKEN_TTL_MINUTES'] },
];

export function SecurityPage(): ReactElement {
  const settings = useRead('getSettings');
  return (
    <Page title="Security" path={path} description="What holds for every key and every request, from seconds after you apply it." actions={settings.data !== undefined && <SettingsExport />}>
      <Loaded query={settings} what="the settings">
        {(data) => (
          <SpaceBetween size="l">
            <SettingsForm settings={data} />
            <SettingsVersions settings={data} />
          </SpaceBetween>
        )}
      </Loaded>
    </Page>
  );
}

function SettingsForm({ settings }: { readonly settings: Settings }): ReactElement {
  const [draft, setDraft] = useState<SettingDraft>({});
  const [reviewing, setReviewing] = useState(false);
  const changes = changesOf(draft, settings);
  const verdict = useVerdict(changes);
  const count = Object.keys(changes).length;
  const problems = Object.fromEntries((verdict?.errors ?? []).map(({ field, message }) => [field.replace(/^values\./, '').replace(/[.[].*$/, ''), message]));
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (count > 0 && verdict?.valid !== false) setReviewing(true);
  };
  const known = new Set(groups.flatMap(({ names }) => names));
  const others = settings.fields.filter(({ name }) => !known.has(name)).map(({ name }) => name);
  return (
    <form onSubmit={submit} aria-label="Security" noValidate>
      <Form
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" formAction="none" disabled={count === 0} onClick={() => setDraft({})}>
              Discard changes
            </Button>
            <Button variant="primary" disabled={count === 0 || verdict?.valid === false} disabledReason={count === 0 ? 'Nothing is changed yet' : 'Some values are not valid'}>
              {count === 0 ? 'Review changes' : `Review ${count} ${count === 1 ? 'change' : 'changes'}`}
            </Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          {settings.warnings.map((warning) => (
            <Alert key={warning} type="warning">
              {warning}.
            </Alert>
          ))}
          {[...groups, ...(others.length === 0 ? [] : [{ title: 'More', names: others }])].map(({ title, names }) => (
            <Container key={title} header={<Header variant="h2">{title}</Header>}>
              <SpaceBetween size="l">
                {settings.fields
                  .filter(({ name }) => names.includes(name))
                  .sort((one, other) => names.indexOf(one.name) - names.indexOf(other.name))
                  .map((field) => (
                    <SettingInput key={field.name} field={field} settings={settings} draft={draft} problem={problems[field.name]} onChange={(change) => setDraft({ ...draft, ...change })} />
                  ))}
              </SpaceBetween>
            </Container>
          ))}
        </SpaceBetween>
      </Form>
      {reviewing && (
        <ApplyDialog
          settings={settings}
          values={changes}
          onApplied={() => {
            setDraft({});
            setReviewing(false);
          }}
          onClose={() => setReviewing(false)}
        />
      )}
    </form>
  );
}
