/** Each time that the gateway tried to send a fax, what came of it, and what was heard about it afterwards. */
import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import type { ReactElement } from 'react';
import type { FaxJob } from '../gateway/operation-types.js';
import { Time } from '../shell/time.js';
import { outcomeTitles } from './fax-words.js';

type Attempt = FaxJob['attempts'][number];

export function AttemptsTable({ job }: { readonly job: FaxJob }): ReactElement {
  return (
    <Table
      items={job.attempts}
      trackBy="id"
      wrapLines
      header={
        <Header variant="h2" counter={`(${job.attempts.length})`} description="A new one is made only where the one before certainly sent nothing: no fax goes out twice.">
          Attempts
        </Header>
      }
      ariaLabels={{ tableLabel: 'Attempts' }}
      empty="No attempt yet"
      columnDefinitions={[
        { id: 'id', header: 'Attempt', cell: ({ id }) => id.split('-').at(-1), isRowHeader: true },
        { id: 'outcome', header: 'Outcome', cell: (attempt) => <Outcome attempt={attempt} /> },
        { id: 'backend', header: 'Provider', cell: ({ backend }) => backend },
        { id: 'sid', header: "Provider's id", cell: ({ provider_sid }) => <span className="mono">{provider_sid ?? '–'}</span> },
        { id: 'heard', header: 'What is known', cell: (attempt) => <Known attempt={attempt} /> },
        { id: 'pages', header: 'Pages', cell: ({ pages }) => pages ?? '–' },
        { id: 'cost', header: 'Cost', cell: ({ cost }) => (cost === null ? '–' : `${cost.amount} ${cost.currency}`) },
        { id: 'started', header: 'Started', cell: ({ started_at }) => <Time iso={started_at} /> },
        { id: 'ended', header: 'Ended', cell: ({ ended_at }) => <Time iso={ended_at} absent="Not yet" /> },
      ]}
    />
  );
}

function Outcome({ attempt: { outcome, cause } }: { readonly attempt: Attempt }): ReactElement {
  return <>{cause === null ? outcomeTitles[outcome] : `${outcomeTitles[outcome]}: ${cause.replaceAll('_', ' ')}`}</>;
}

function Known({ attempt: { error, evidence } }: { readonly attempt: Attempt }): ReactElement {
  if (error === null && evidence.length === 0) return <>–</>;
  return (
    <>
      {error !== null && <div>{error}</div>}
      {evidence.map(({ at, text }) => (
        <Box key={`${at} ${text}`} fontSize="body-s" color="text-body-secondary">
          <Time iso={at} />: {text}
        </Box>
      ))}
    </>
  );
}
