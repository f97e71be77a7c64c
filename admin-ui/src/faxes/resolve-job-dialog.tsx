/** Resolve: a person says what became of a fax whose outcome the gateway does not know. */
import Alert from '@cloudscape-design/components/alert';
import FormField from '@cloudscape-design/components/form-field';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Textarea from '@cloudscape-design/components/textarea';
import { useState, type ReactElement } from 'react';
import type { BodyOf, FaxJob } from '../gateway/operation-types.js';
import { useChange } from '../gateway/use-gateway.js';
import { ConfirmDialog } from '../shell/confirm-dialog.js';
import { notify } from '../shell/notifications.js';
import { staleAfterJobChange } from './stale.js';

type Resolution = BodyOf<'resolveFaxJob'>['outcome'];

const resolutions = [
  { value: 'delivered', label: 'It was delivered', description: 'The job becomes a success.' },
  { value: 'not_delivered', label: 'It was not delivered', description: 'The job becomes a failure. Nothing is sent.' },
  { value: 'send_again', label: 'It was not delivered: send it again', description: 'The job becomes a failure, and a new job with the same document is sent.' },
] as const satisfies readonly { readonly value: Resolution; readonly label: string; readonly description: string }[];

export function ResolveJobDialog({ job, onClose }: { readonly job: FaxJob; readonly onClose: () => void }): ReactElement {
  const [outcome, setOutcome] = useState<Resolution>();
  const [note, setNote] = useState('');
  const resolve = useChange('resolveFaxJob', staleAfterJobChange);
  const confirm = (): void => {
    if (outcome === undefined) return;
    resolve.mutate(
      { id: job.id, body: { outcome, ...(note.trim() === '' ? {} : { note: note.trim() }) } },
      {
        onSuccess: () => {
          notify('success', outcome === 'send_again' ? 'The fax is resolved, and sent again as a new job.' : 'The fax is resolved.');
          onClose();
        },
      },
    );
  };
  return (
    <ConfirmDialog title="What became of this fax?" verb="Resolve" busy={resolve.isPending} disabled={outcome === undefined} error={resolve.error} onConfirm={confirm} onClose={onClose}>
      <Alert type="info">Ask the recipient, or look at the provider&apos;s own list of calls. The gateway can not tell, and sends nothing twice by itself.</Alert>
      <FormField label="Outcome">
        <RadioGroup items={[...resolutions]} value={outcome ?? null} onChange={({ detail }) => setOutcome(resolutions.find(({ value }) => value === detail.value)?.value)} />
      </FormField>
      <FormField label="How do you know?" description="Stands in the audit log. Write no name and no number." constraintText="Optional, up to 500 characters">
        <Textarea value={note} rows={2} onChange={({ detail }) => setNote(detail.value.slice(0, 500))} />
      </FormField>
    </ConfirmDialog>
  );
}
