/** Shows a new token, once: to copy or to download, with a warning before it is gone. */
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useEffect, useState, type ReactElement } from 'react';
import { useBlocker, useNavigate } from 'react-router';
import { copy } from '../shell/clipboard.js';
import { download } from '../shell/download.js';
import { exactTime } from '../shell/time.js';
import { hideToken, useShownToken, type ShownToken } from './shown-token.js';

export function TokenDialog(): ReactElement | null {
  const shown = useShownToken();
  return shown === undefined ? null : <OneToken key={shown.token} shown={shown} />;
}

function OneToken({ shown }: { readonly shown: ShownToken }): ReactElement {
  const navigate = useNavigate();
  const [saved, setSaved] = useState<'copied' | 'downloaded'>();
  const [leaving, setLeaving] = useState(false);
  useBlocker(() => {
    setLeaving(true);
    return saved === undefined;
  });
  useEffect(() => {
    if (saved !== undefined) return undefined;
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [saved]);
  const close = (): void => {
    if (saved === undefined && !leaving) setLeaving(true);
    else hideToken();
  };
  const copied = async (): Promise<void> => {
    if (await copy(shown.token)) setSaved('copied');
  };
  const downloaded = (): void => {
    download(`faxbot-${shown.keyId}.env`, `# ${shown.name}\nAPI_KEY=${shown.token}\n`, 'text/plain');
    setSaved('downloaded');
  };
  const test = (): void => {
    hideToken();
    void navigate(`/send-fax?key=${shown.keyId}`);
  };
  return (
    <Modal
      visible
      size="large"
      header={shown.reason === 'created' ? 'Key created' : 'Key rotated'}
      onDismiss={close}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button onClick={test} disabled={saved === undefined} disabledReason="Copy or download the token first">
              Send a test fax with it
            </Button>
            <Button variant="primary" onClick={close}>
              {leaving && saved === undefined ? 'Close without the token' : 'Done'}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Alert type="info">
          This is the only time that the token of <b>{shown.name}</b> is shown. Copy or download it now: nobody can show it again.
        </Alert>
        <Container>
          <SpaceBetween size="s">
            <div className="token" data-testid="token" role="textbox" aria-readonly="true" aria-label="Token" tabIndex={0}>
              {shown.token}
            </div>
            <SpaceBetween direction="horizontal" size="xs" alignItems="center">
              <Button iconName="copy" onClick={() => void copied()}>
                Copy token
              </Button>
              <Button iconName="download" onClick={downloaded}>
                Download
              </Button>
              <span aria-live="polite">{saved !== undefined && <StatusIndicator type="success">Token {saved}</StatusIndicator>}</span>
            </SpaceBetween>
          </SpaceBetween>
        </Container>
        {shown.reason === 'rotated' && (
          <Box variant="p">
            {shown.oldEndsAt === undefined
              ? 'The old token is refused from now on.'
              : `The old token works until ${exactTime(shown.oldEndsAt)}. When your clients have the new one, finish the rotation on the key's page; if the new one is lost, cancel it there.`}
          </Box>
        )}
        {leaving && saved === undefined && (
          <Alert type="warning" header="The token is not copied yet">
            If you leave now, it is lost, and the key must be rotated before anybody can use it.
          </Alert>
        )}
      </SpaceBetween>
    </Modal>
  );
}
