/** One job: where it stands, each attempt to send it, and its document. */
import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactElement } from 'react';
import { useParams } from 'react-router';
import { AuditTable } from '../audit/audit-table.js';
import type { FaxJob } from '../gateway/operation-types.js';
import { useRead } from '../gateway/use-gateway.js';
import { Loaded } from '../shell/loaded.js';
import { Page } from '../shell/page.js';
import { PageLink } from '../shell/page-link.js';
import { Time, exactTime } from '../shell/time.js';
import { AttemptsTable } from './attempts-table.js';
import { FaxState } from './fax-state.js';
import { stateWords } from './fax-words.js';
import { JobActions } from './job-actions.js';

const path = [{ text: 'Jobs', href: '/jobs' }];

export function JobPage(): ReactElement {
  const { id = '' } = useParams();
  const job = useRead('getFaxJob', { id, every: 2_000 });
  return (
    <Page
      title={`Job ${id.slice(0, 12)}…`}
      path={path}
      actions={job.data !== undefined && <JobActions job={job.data} onRefresh={() => void job.refetch()} />}
    >
      <Loaded query={job} what="the job">
        {(data) => <OneJob job={data} />}
      </Loaded>
    </Page>
  );
}

function OneJob({ job }: { readonly job: FaxJob }): ReactElement {
  return (
    <SpaceBetween size="l">
      {(job.state === 'uncertain' || job.state === 'failed' || job.state === 'held') && (
        <Alert type={job.state === 'failed' ? 'error' : 'warning'} header={job.error ?? stateWords[job.state].title}>
          {stateWords[job.state].meaning}
        </Alert>
      )}
      <Container header={<Header variant="h2">Fax</Header>}>
        <KeyValuePairs
          columns={4}
          items={[
            { label: 'Status', value: <FaxState state={job.state} /> },
            { label: 'To', value: job.to_number },
            { label: 'Pages', value: job.pages ?? '–' },
            { label: 'File', value: job.file_name ?? '–' },
            { label: 'Sent by', value: <SentBy by={job.created_by} /> },
            { label: 'Owner', value: job.owner },
            { label: 'Provider', value: job.backend === 'sandbox' ? 'sandbox (dials nobody)' : job.backend },
            { label: "Provider's id", value: <span className="mono">{job.provider_sid ?? '–'}</span> },
            { label: 'Created', value: exactTime(job.created_at) },
            { label: 'Updated', value: <Time iso={job.updated_at} /> },
            { label: 'Error', value: job.error ?? '–' },
            ...(job.send_at === null ? [] : [{ label: 'To be sent', value: exactTime(job.send_at) }]),
            ...(job.not_before === null ? [] : [{ label: 'Next attempt', value: <Time iso={job.not_before} /> }]),
            ...(job.cancel_requested_at === null ? [] : [{ label: 'Cancelling asked for', value: <Time iso={job.cancel_requested_at} /> }]),
            ...(job.resend_of === null ? [] : [{ label: 'Sends again', value: <JobLink id={job.resend_of} /> }]),
            ...(job.resent_as === null ? [] : [{ label: 'Sent again as', value: <JobLink id={job.resent_as} /> }]),
            {
              label: 'Job id',
              value: <CopyToClipboard variant="inline" textToCopy={job.id} copyButtonAriaLabel="Copy the job id" copySuccessText="Copied" copyErrorText="Not copied" />,
            },
          ]}
        />
      </Container>
      <AttemptsTable job={job} />
      <AuditTable about={job.id} />
    </SpaceBetween>
  );
}

function SentBy({ by }: { readonly by: string }): ReactElement {
  if (!/^[0-9a-f]{12}$/.test(by)) return <>{by === 'bootstrap' ? 'Bootstrap key' : by}</>;
  return (
    <PageLink to={`/api-keys/${by}`}>
      <span className="mono">{by}</span>
    </PageLink>
  );
}

function JobLink({ id }: { readonly id: string }): ReactElement {
  return (
    <PageLink to={`/jobs/${id}`}>
      <span className="mono">{`${id.slice(0, 12)}…`}</span>
    </PageLink>
  );
}
