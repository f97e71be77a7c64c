/** Cancel: at once where nobody was asked to send it; else the provider is asked, and may be too late. */
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import type { ReactElement } from 'react';
import type { FaxJob } from '../gateway/operation-types.js';
import { useChange } from '../gateway/use-gateway.js';
import { ConfirmDialog } from '../shell/confirm-dialog.js';
import { notify } from '../shell/notifications.js';
import { staleAfterJobChange } from './stale.js';

export function CancelJobDialog({ job, onClose }: { readonly job: FaxJob; readonly onClose: () => void }): ReactElement {
  const cancel = useChange('cancelFax', staleAfterJobChange);
  const waits = job.state === 'queued' || job.state === 'held';
  const confirm = (): void =>
    cancel.mutate(
      { id: job.id },
      {
        onSuccess: ({ state }) => {
          notify(state === 'cancelled' ? 'success' : 'info', state === 'cancelled' ? 'The fax is cancelled.' : 'The provider is asked to cancel the fax. It may be too late: its state tells.');
          onClose();
        },
      },
    );
  return (
    <ConfirmDialog title="Cancel this fax?" verb="Cancel fax" busy={cancel.isPending} error={cancel.error} onConfirm={confirm} onClose={onClose}>
      {waits ? (
        <Box variant="p">Nobody was asked to send it yet: it is cancelled at once, and never sent.</Box>
      ) : (
        <Alert type="warning">The provider has it, or may have it. It is asked to stop, but pages may be on their way: the fax counts as cancelled only once the provider says so.</Alert>
      )}
    </ConfirmDialog>
  );
}
