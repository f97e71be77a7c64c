/** Revoke: for good, so the name is typed first. */
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState, type ReactElement } from 'react';
import type { ApiKey } from '../gateway/operation-types.js';
import { useChange } from '../gateway/use-gateway.js';
import { forgetToken } from '../session/held-tokens.js';
import { ConfirmDialog } from '../shell/confirm-dialog.js';
import { notify } from '../shell/notifications.js';
import { Time } from '../shell/time.js';
import { titleOf } from './key-words.js';
import { staleAfterKeyChange } from './stale.js';

export function RevokeKeyDialog({ item, onClose }: { readonly item: ApiKey; readonly onClose: () => void }): ReactElement {
  const [typed, setTyped] = useState('');
  const revoke = useChange('revokeApiKey', staleAfterKeyChange);
  const title = titleOf(item);
  const confirm = (): void =>
    revoke.mutate(
      { id: item.key_id },
      {
        onSuccess: () => {
          forgetToken(item.key_id);
          notify('success', `${title} is revoked. Requests with it are refused from now on.`);
          onClose();
        },
      },
    );
  const matches = typed === title;
  return (
    <ConfirmDialog title={`Revoke ${title}?`} verb="Revoke" busy={revoke.isPending} error={revoke.error} disabled={!matches} onConfirm={confirm} onClose={onClose}>
      <Alert type="warning">Revoking is for good: the next request with this key is refused, and it can never be enabled again.</Alert>
      <Box variant="p">
        Last used: <Time iso={item.last_used_at} absent="never" />. If a client still needs it, create or rotate first; to stop it only for a while,
        disable it.
      </Box>
      <FormField label={`To confirm, type ${title}`}>
        <Input
          value={typed}
          autoFocus
          autoComplete="off"
          spellcheck={false}
          onChange={({ detail }) => setTyped(detail.value)}
          onKeyDown={({ detail }) => {
            if (detail.key === 'Enter' && matches) confirm();
          }}
        />
      </FormField>
    </ConfirmDialog>
  );
}
