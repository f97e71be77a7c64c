/** One job: where it stands, each attempt to send it, and its document. */
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import type { ReactElement } from 'react';
import { useParams } from 'react-router';
import { AuditTable } from '../audit/audit-table.js';
import { addressOf } from '../gateway/gateway.js';
import type { FaxJob } from '../gateway/operation-types.js';
import { useRead } from '../gateway/use-gateway.js';
import { Loaded } from '../shell/loaded.js';
import { Page } from '../shell/page.js';
import { PageLink } from '../shell/page-link.js';
import { Time, exactTime } from '../shell/time.js';
import { FaxState } from './fax-state.js';
import { outcomeTitles, stateWords } from './fax-words.js';

const path = [{ text: 'Jobs', href: '/jobs' }];

export function JobPage(): ReactElement {
  const { id = '' } = useParams();
  const job = useRead('getFaxJob', { id, every: 2_000 });
  return (
    <Page
      title={`Job ${id.slice(0, 12)}…`}
      path={path}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button iconName="refresh" onClick={() => void job.refetch()}>
            Refresh
          </Button>
          <Button iconName="external" iconAlign="right" href={addressOf('getFaxDocument', { id })} target="_blank" external={false} disabled={job.data === undefined}>
            View document
          </Button>
        </SpaceBetween>
      }
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
            {
              label: 'Job id',
              value: <CopyToClipboard variant="inline" textToCopy={job.id} copyButtonAriaLabel="Copy the job id" copySuccessText="Copied" copyErrorText="Not copied" />,
            },
          ]}
        />
      </Container>
      <Attempts job={job} />
      <AuditTable about={job.id} />
    </SpaceBetween>
  );
}

function Attempts({ job }: { readonly job: FaxJob }): ReactElement {
  return (
    <Table
      items={job.attempts}
      trackBy="id"
      wrapLines
      header={
        <Header variant="h2" counter={`(${job.attempts.length})`} description="Each time that the gateway tried to send it. It never sends a fax twice.">
          Attempts
        </Header>
      }
      ariaLabels={{ tableLabel: 'Attempts' }}
      empty="No attempt yet"
      columnDefinitions={[
        { id: 'id', header: 'Attempt', cell: ({ id }) => id.split('-').at(-1), isRowHeader: true },
        { id: 'outcome', header: 'Outcome', cell: ({ outcome }) => outcomeTitles[outcome] },
        { id: 'backend', header: 'Provider', cell: ({ backend }) => backend },
        { id: 'sid', header: "Provider's id", cell: ({ provider_sid }) => <span className="mono">{provider_sid ?? '–'}</span> },
        { id: 'error', header: 'Error', cell: ({ error }) => error ?? '–' },
        { id: 'started', header: 'Started', cell: ({ started_at }) => <Time iso={started_at} /> },
        { id: 'ended', header: 'Ended', cell: ({ ended_at }) => <Time iso={ended_at} absent="Not yet" /> },
      ]}
    />
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
