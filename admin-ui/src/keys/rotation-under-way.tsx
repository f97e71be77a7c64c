/** While two secrets are in force: how long still, and the two ways to end it. */
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type ReactElement } from 'react';
import type { ApiKey } from '../gateway/operation-types.js';
import { useChange } from '../gateway/use-gateway.js';
import { forgetToken } from '../session/held-tokens.js';
import { ConfirmDialog } from '../shell/confirm-dialog.js';
import { notify } from '../shell/notifications.js';
import { Time, countdown, useNow } from '../shell/time.js';
import { titleOf } from './key-words.js';
import { staleAfterKeyChange } from './stale.js';

interface RotationProps {
  readonly item: ApiKey;
  readonly rotation: NonNullable<ApiKey['rotation']>;
}

export function RotationUnderWay({ item, rotation }: RotationProps): ReactElement {
  const [asked, setAsked] = useState<'finish' | 'cancel'>();
  const now = useNow(1000);
  const older = item.secrets.find(({ version }) => version === rotation.older_version);
  const newer = item.secrets.find(({ version }) => version === rotation.newer_version);
  return (
    <Alert
      type="info"
      header="Rotation under way: the old and the new token both work"
      action={
        <SpaceBetween direction="horizontal" size="xs">
          <Button onClick={() => setAsked('cancel')}>Cancel rotation</Button>
          <Button onClick={() => setAsked('finish')}>Finish now</Button>
        </SpaceBetween>
      }
    >
      <SpaceBetween size="xxs">
        <div>
          The old token (…{older?.token_last_four}) {rotation.ends_at === null ? 'works until you finish' : <>works for another <b data-testid="countdown">{countdown(Date.parse(rotation.ends_at), now)}</b></>}; last used: <Time iso={older?.last_used_at} absent="never" />.
        </div>
        <div>
          The new token (…{newer?.token_last_four}) was last used: <Time iso={newer?.last_used_at} absent="never" />.
        </div>
      </SpaceBetween>
      {asked === 'finish' && <Finish item={item} onClose={() => setAsked(undefined)} />}
      {asked === 'cancel' && <Cancel item={item} onClose={() => setAsked(undefined)} />}
    </Alert>
  );
}

interface EndProps {
  readonly item: ApiKey;
  readonly onClose: () => void;
}

function Finish({ item, onClose }: EndProps): ReactElement {
  const finish = useChange('finishRotation', staleAfterKeyChange);
  const done = (): void => {
    notify('success', `The rotation of ${titleOf(item)} is finished: only the new token works.`);
    onClose();
  };
  return (
    <ConfirmDialog title="Finish the rotation?" verb="Finish" busy={finish.isPending} error={finish.error} onConfirm={() => finish.mutate({ id: item.key_id }, { onSuccess: done })} onClose={onClose}>
      <Box variant="p">The old token is refused with the next request. Do it once your clients use the new one.</Box>
    </ConfirmDialog>
  );
}

function Cancel({ item, onClose }: EndProps): ReactElement {
  const cancel = useChange('cancelRotation', staleAfterKeyChange);
  const done = (): void => {
    forgetToken(item.key_id);
    notify('success', `The rotation of ${titleOf(item)} is cancelled: the old token goes on, the new one is refused.`);
    onClose();
  };
  return (
    <ConfirmDialog title="Cancel the rotation?" verb="Take the new token back" busy={cancel.isPending} error={cancel.error} onConfirm={() => cancel.mutate({ id: item.key_id }, { onSuccess: done })} onClose={onClose}>
      <Box variant="p">The new token is refused with the next request, and the old one goes on as before. Do it if the new token got lost.</Box>
    </ConfirmDialog>
  );
}
