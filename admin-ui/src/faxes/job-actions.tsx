/** What can be done with a job in its state; nothing that the gateway would refuse is offered. */
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type ReactElement } from 'react';
import { addressOf } from '../gateway/gateway.js';
import type { FaxJob } from '../gateway/operation-types.js';
import { useChange } from '../gateway/use-gateway.js';
import { notify } from '../shell/notifications.js';
import { describe } from '../shell/problem.js';
import { CancelJobDialog } from './cancel-job-dialog.js';
import { isEnded } from './fax-words.js';
import { ResendJobDialog } from './resend-job-dialog.js';
import { ResolveJobDialog } from './resolve-job-dialog.js';
import { staleAfterJobChange } from './stale.js';

type Dialog = 'cancel' | 'resend' | 'resolve';

/** @param onRefresh reads the job again; where the provider has the fax, it is asked instead */
export function JobActions({ job, onRefresh }: { readonly job: FaxJob; readonly onRefresh: () => void }): ReactElement {
  const [dialog, setDialog] = useState<Dialog>();
  const refresh = useChange('refreshFaxJob', staleAfterJobChange);
  const close = (): void => setDialog(undefined);
  const asks = job.state === 'in_progress' || job.state === 'uncertain';
  const ask = (): void =>
    refresh.mutate(
      { id: job.id },
      { onSuccess: () => notify('info', 'The provider is asked how the fax is doing.'), onError: (error) => notify('error', describe(error)) },
    );
  return (
    <>
      <SpaceBetween direction="horizontal" size="xs">
        <Button iconName="refresh" loading={refresh.isPending} onClick={asks ? ask : onRefresh}>
          Refresh
        </Button>
        <Button iconName="external" iconAlign="right" href={addressOf('getFaxDocument', { id: job.id })} target="_blank" external={false}>
          View document
        </Button>
        {!isEnded(job.state) && (
          <Button disabled={job.cancel_requested_at !== null} disabledReason="Cancelling is asked for already" onClick={() => setDialog('cancel')}>
            Cancel fax
          </Button>
        )}
        {isEnded(job.state) && <Button onClick={() => setDialog('resend')}>Send again</Button>}
        {job.state === 'uncertain' && (
          <Button variant="primary" onClick={() => setDialog('resolve')}>
            Resolve
          </Button>
        )}
      </SpaceBetween>
      {dialog === 'cancel' && <CancelJobDialog job={job} onClose={close} />}
      {dialog === 'resend' && <ResendJobDialog job={job} onClose={close} />}
      {dialog === 'resolve' && <ResolveJobDialog job={job} onClose={close} />}
    </>
  );
}
