/** Enable: a disabled key goes back into use, with the token that it had. */
import Box from '@cloudscape-design/components/box';
import type { ReactElement } from 'react';
import type { ApiKey } from '../gateway/operation-types.js';
import { useChange } from '../gateway/use-gateway.js';
import { ConfirmDialog } from '../shell/confirm-dialog.js';
import { notify } from '../shell/notifications.js';
import { titleOf } from './key-words.js';
import { staleAfterKeyChange } from './stale.js';

export function EnableKeyDialog({ item, onClose }: { readonly item: ApiKey; readonly onClose: () => void }): ReactElement {
  const enable = useChange('enableApiKey', staleAfterKeyChange);
  const title = titleOf(item);
  const confirm = (): void =>
    enable.mutate(
      { id: item.key_id },
      {
        onSuccess: () => {
          notify('success', `${title} is enabled.`);
          onClose();
        },
      },
    );
  return (
    <ConfirmDialog title={`Enable ${title}?`} verb="Enable" busy={enable.isPending} error={enable.error} onConfirm={confirm} onClose={onClose}>
      <Box variant="p">The token that it had works again with the next request.</Box>
    </ConfirmDialog>
  );
}
