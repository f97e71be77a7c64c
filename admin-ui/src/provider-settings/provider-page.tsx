/** One provider: its credentials, which are tried before they are saved and never shown again. */
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type ReactElement } from 'react';
import { useParams } from 'react-router';
import { useChange, useRead } from '../gateway/use-gateway.js';
import { Loaded } from '../shell/loaded.js';
import { notify } from '../shell/notifications.js';
import { Page } from '../shell/page.js';
import { Problem, describe } from '../shell/problem.js';
import { Time } from '../shell/time.js';
import { ProviderForm } from './provider-form.js';
import { roleOf, type Provider } from './provider-words.js';
import { RemoveProviderDialog } from './remove-provider-dialog.js';
import { staleAfterProviderChange } from './stale.js';

const path = [
  { text: 'Settings', href: '/settings' },
  { text: 'Providers', href: '/settings/providers' },
];

export function ProviderPage(): ReactElement {
  const { id = '' } = useParams();
  const settings = useRead('getProviders');
  const provider = settings.data?.providers.find((one) => one.id === id);
  return (
    <Page title={provider === undefined ? id : provider.name} path={path} actions={settings.data !== undefined && provider !== undefined && <Actions provider={provider} />}>
      <Loaded query={settings} what="the provider">
        {(data) =>
          provider === undefined ? (
            <Problem error={new Error(`There is no provider ${id}.`)} title="Not found" />
          ) : (
            <SpaceBetween size="l">
              <Facts provider={provider} />
              {provider.fields.length === 0 && provider.manifest === null ? (
                <Box variant="p">It needs no credentials.</Box>
              ) : (
                <ProviderForm key={`${provider.id} ${provider.saved_at ?? ''}`} provider={provider} version={data.version} />
              )}
            </SpaceBetween>
          )
        }
      </Loaded>
    </Page>
  );
}

function Actions({ provider }: { readonly provider: Provider }): ReactElement {
  const [removing, setRemoving] = useState(false);
  const validate = useChange('validateProvider', staleAfterProviderChange);
  const saved = provider.saved_at !== null;
  const check = (): void =>
    validate.mutate(
      { id: provider.id },
      {
        onSuccess: ({ verdict, error }) => {
          if (verdict === 'valid') notify('success', `${provider.name} takes the saved credentials.`);
          else notify('error', `${provider.name} ${verdict === 'invalid' ? 'refuses the saved credentials' : 'could not be reached'}${error === null ? '.' : `: ${error}`}`);
        },
        onError: (error) => notify('error', describe(error)),
      },
    );
  return (
    <>
      <SpaceBetween direction="horizontal" size="xs">
        <Button disabled={!saved} disabledReason="Nothing is saved yet" loading={validate.isPending} onClick={check}>
          Check credentials
        </Button>
        <Button disabled={!saved || provider.position !== null} disabledReason={saved ? 'It is in use: take it out of the order first' : 'Nothing is saved yet'} onClick={() => setRemoving(true)}>
          Remove
        </Button>
      </SpaceBetween>
      {removing && <RemoveProviderDialog provider={provider} onClose={() => setRemoving(false)} />}
    </>
  );
}

function Facts({ provider }: { readonly provider: Provider }): ReactElement {
  return (
    <Container header={<Header variant="h2">Status</Header>}>
      <KeyValuePairs
        columns={3}
        items={[
          { label: 'Use', value: roleOf(provider) },
          { label: 'Saved', value: <Time iso={provider.saved_at} absent="Never" /> },
          { label: 'Credentials last taken', value: <Time iso={provider.validated_at} absent="Never" /> },
          ...(provider.callback_url === null
            ? []
            : [
                {
                  label: 'Callback address',
                  info: <Box variant="small">sent along with each fax: nothing to enter at the provider</Box>,
                  value: <CopyToClipboard variant="inline" textToCopy={provider.callback_url} copyButtonAriaLabel="Copy the callback address" copySuccessText="Copied" copyErrorText="Not copied" />,
                },
              ]),
        ]}
      />
    </Container>
  );
}
