/** Send again: a new fax with the document of one that has ended. */
import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState, type ReactElement } from 'react';
import { useNavigate } from 'react-router';
import { fieldProblems, isErrorCode } from '../gateway/gateway-error.js';
import type { FaxJob } from '../gateway/operation-types.js';
import { useChange } from '../gateway/use-gateway.js';
import { ConfirmDialog } from '../shell/confirm-dialog.js';
import { notify } from '../shell/notifications.js';
import { staleAfterJobChange } from './stale.js';

export function ResendJobDialog({ job, onClose }: { readonly job: FaxJob; readonly onClose: () => void }): ReactElement {
  const [to, setTo] = useState('');
  const navigate = useNavigate();
  const resend = useChange('resendFax', staleAfterJobChange);
  const problem = isErrorCode(resend.error, 'invalid_number') ? resend.error.message : fieldProblems(resend.error)['to'];
  const confirm = (): void =>
    resend.mutate(
      { id: job.id, body: to.trim() === '' ? {} : { to: to.trim() } },
      {
        onSuccess: ({ id }) => {
          notify('success', 'The fax is sent again, as a new job.');
          onClose();
          void navigate(`/jobs/${id}`);
        },
      },
    );
  return (
    <ConfirmDialog title="Send this fax again?" verb="Send again" busy={resend.isPending} error={problem === undefined ? resend.error : null} onConfirm={confirm} onClose={onClose}>
      <Box variant="p">
        {job.state === 'success' ? 'It went out already: whoever receives it gets it a second time. ' : ''}A new job with the same document is made and linked to this one; this one stays as it is.
      </Box>
      <FormField label="Fax number" description={`Leave it empty for the same number, ${job.to_number}.`} errorText={problem}>
        <Input value={to} inputMode="tel" onChange={({ detail }) => setTo(detail.value)} />
      </FormField>
    </ConfirmDialog>
  );
}
