/** Disable: out of use, and back whenever that is wanted. */
import Box from '@cloudscape-design/components/box';
import type { ReactElement } from 'react';
import type { ApiKey } from '../gateway/operation-types.js';
import { useChange } from '../gateway/use-gateway.js';
import { ConfirmDialog } from '../shell/confirm-dialog.js';
import { notify } from '../shell/notifications.js';
import { titleOf } from './key-words.js';
import { staleAfterKeyChange } from './stale.js';

export function DisableKeyDialog({ item, onClose }: { readonly item: ApiKey; readonly onClose: () => void }): ReactElement {
  const disable = useChange('disableApiKey', staleAfterKeyChange);
  const title = titleOf(item);
  const confirm = (): void =>
    disable.mutate(
      { id: item.key_id },
      {
        onSuccess: () => {
          notify('success', `${title} is disabled. Enable it again whenever you like.`);
          onClose();
        },
      },
    );
  return (
    <ConfirmDialog title={`Disable ${title}?`} verb="Disable" busy={disable.isPending} error={disable.error} onConfirm={confirm} onClose={onClose}>
      <Box variant="p">Its requests are refused from the next one on. Nothing else changes, and you can enable it again.</Box>
    </ConfirmDialog>
  );
}
