/** A provider of one's own: its manifest first, then the credentials that the manifest asks for. */
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useState, type ReactElement } from 'react';
import { useNavigate } from 'react-router';
import { useRead } from '../gateway/use-gateway.js';
import { Loaded } from '../shell/loaded.js';
import { Page } from '../shell/page.js';
import { describedBy, type DescribedProvider } from './described-provider.js';
import { ProviderForm } from './provider-form.js';

const path = [
  { text: 'Settings', href: '/settings' },
  { text: 'Providers', href: '/settings/providers' },
];

export function NewProviderPage(): ReactElement {
  const settings = useRead('getProviders');
  const navigate = useNavigate();
  const [described, setDescribed] = useState<DescribedProvider>();
  return (
    <Page title="Add a provider" path={path} description="Any provider with an HTTP interface can be described by a manifest: what it is asked, and what its answers mean.">
      <Loaded query={settings} what="the providers">
        {({ version }) =>
          described === undefined ? (
            <ManifestStep onRead={setDescribed} />
          ) : (
            <SpaceBetween size="l">
              <ProviderForm provider={described} version={version} fresh onSaved={() => void navigate(`/settings/providers/${described.id}`)} />
            </SpaceBetween>
          )
        }
      </Loaded>
    </Page>
  );
}

function ManifestStep({ onRead }: { readonly onRead: (described: DescribedProvider) => void }): ReactElement {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string>();
  const read = (): void => {
    const described = describedBy(text);
    if (typeof described === 'string') setProblem(described);
    else onRead(described);
  };
  return (
    <Container header={<Header variant="h2">Manifest</Header>}>
      <SpaceBetween size="m">
        <FormField label="Manifest" description="Paste it as JSON. The guide “A manifest for any other provider” says how to write one, with Documo’s as the example." errorText={problem} stretch>
          <Textarea value={text} rows={16} spellcheck={false} placeholder='{ "manifest": 1, "id": "my-provider", ... }' onChange={({ detail }) => setText(detail.value)} />
        </FormField>
        <Button variant="primary" disabled={text.trim() === ''} onClick={read}>
          Continue
        </Button>
      </SpaceBetween>
    </Container>
  );
}
