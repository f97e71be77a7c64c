/** Remove: the credentials of a provider that no fax uses. */
import Box from '@cloudscape-design/components/box';
import type { ReactElement } from 'react';
import { useNavigate } from 'react-router';
import { useChange } from '../gateway/use-gateway.js';
import { ConfirmDialog } from '../shell/confirm-dialog.js';
import { notify } from '../shell/notifications.js';
import type { Provider } from './provider-words.js';
import { staleAfterProviderChange } from './stale.js';

export function RemoveProviderDialog({ provider, onClose }: { readonly provider: Provider; readonly onClose: () => void }): ReactElement {
  const navigate = useNavigate();
  const remove = useChange('removeProvider', staleAfterProviderChange);
  const confirm = (): void =>
    remove.mutate(
      { id: provider.id },
      {
        onSuccess: () => {
          notify('success', `The credentials of ${provider.name} are removed.`);
          onClose();
          void navigate('/settings/providers');
        },
      },
    );
  return (
    <ConfirmDialog title={`Remove ${provider.name}?`} verb="Remove" busy={remove.isPending} error={remove.error} onConfirm={confirm} onClose={onClose}>
      <Box variant="p">Its credentials are deleted from the gateway. Faxes that it still has can not be asked about any more.</Box>
    </ConfirmDialog>
  );
}
