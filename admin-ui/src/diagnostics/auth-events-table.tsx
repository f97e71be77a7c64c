/** Who signed in and who was refused, and why: newest first, live. */
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import Toggle from '@cloudscape-design/components/toggle';
import { useState, type ReactElement } from 'react';
import { authOutcomes, type AuthOutcome } from '../../../lambdas/contract/auth-outcomes.js';
import type { AuthEvent } from '../gateway/operation-types.js';
import { Empty } from '../shell/empty.js';
import { PageLink } from '../shell/page-link.js';
import { Problem } from '../shell/problem.js';
import { Time } from '../shell/time.js';
import { reasonWords } from './reason-words.js';
import { useAuthEvents } from './use-auth-events.js';

export function AuthEventsTable({ keyId, title }: { readonly keyId?: string; readonly title?: string }): ReactElement {
  const [outcome, setOutcome] = useState<AuthOutcome>();
  const [live, setLive] = useState(true);
  const events = useAuthEvents({ keyId, outcome, live });
  return (
    <SpaceBetween size="m">
      {events.error !== null && <Problem error={events.error} title="Could not read the sign-ins" retry={() => void events.refetch()} />}
      <Table
        items={events.data ?? []}
        trackBy="event_id"
        loading={events.isPending}
        loadingText="Loading sign-ins"
        wrapLines
        ariaLabels={{ tableLabel: 'Sign-ins' }}
        header={
          <Header
            variant={keyId === undefined ? 'h2' : 'h3'}
            description="Of accepted requests, the first of each key in a minute. Of refusals at most a few in a second: the rest is counted."
            actions={
              <SpaceBetween direction="horizontal" size="s" alignItems="center">
                <Toggle checked={live} onChange={({ detail }) => setLive(detail.checked)}>
                  Live
                </Toggle>
                <Button iconName="refresh" ariaLabel="Refresh" onClick={() => void events.refetch()} />
              </SpaceBetween>
            }
          >
            {title ?? (keyId === undefined ? 'Recent sign-ins' : 'Sign-ins with this key')}
          </Header>
        }
        filter={
          <SegmentedControl
            label="Outcome"
            selectedId={outcome ?? 'all'}
            options={[
              { id: 'all', text: 'All' },
              { id: 'accepted', text: 'Accepted' },
              { id: 'refused', text: 'Refused' },
              { id: 'limited', text: 'Limited' },
            ]}
            onChange={({ detail }) => setOutcome(authOutcomes.find((one) => one === detail.selectedId))}
          />
        }
        empty={
          <Empty text={outcome === undefined ? 'No sign-ins yet' : 'None with this outcome'}>
            <Box variant="p" color="inherit">
              They appear here by themselves.
            </Box>
          </Empty>
        }
        columnDefinitions={columns.filter(({ id }) => keyId === undefined || id !== 'key')}
        footer={
          events.hasNextPage && (
            <Box textAlign="center">
              <Button loading={events.isFetchingNextPage} onClick={() => void events.fetchNextPage()}>
                Load older ones
              </Button>
            </Box>
          )
        }
      />
    </SpaceBetween>
  );
}

const columns = [
  { id: 'ts', header: 'When', cell: ({ ts }: AuthEvent) => <Time iso={ts} />, width: 130 },
  { id: 'outcome', header: 'Outcome', cell: (event: AuthEvent) => <Outcome event={event} />, width: 150 },
  { id: 'reason', header: 'Reason', cell: (event: AuthEvent) => <Reason event={event} />, isRowHeader: true, minWidth: 220 },
  { id: 'key', header: 'Key', cell: (event: AuthEvent) => <Who event={event} />, minWidth: 140 },
  { id: 'request', header: 'Request', cell: ({ method, route }: AuthEvent) => <span className="mono">{`${method} ${route}`}</span>, minWidth: 160 },
  { id: 'address', header: 'From', cell: ({ source_ip, user_agent }: AuthEvent) => <span title={user_agent}>{source_ip}</span>, minWidth: 110 },
];

const indicators = { accepted: 'success', refused: 'error', limited: 'warning' } as const;
const outcomeTitles = { accepted: 'Accepted', refused: 'Refused', limited: 'Limited' } as const;

function Outcome({ event }: { readonly event: AuthEvent }): ReactElement {
  return (
    <>
      <StatusIndicator type={indicators[event.outcome]}>{outcomeTitles[event.outcome]}</StatusIndicator>
      {event.suppressed > 0 && <Box color="text-body-secondary" fontSize="body-s">{`and ${event.suppressed} more like it`}</Box>}
    </>
  );
}

function Reason({ event: { reason } }: { readonly event: AuthEvent }): ReactElement {
  if (reason === null) return <>–</>;
  const { title, what, fix } = reasonWords[reason];
  return (
    <>
      <b>{title}</b>: {what}
      <Box color="text-body-secondary" fontSize="body-s">
        {fix}
      </Box>
    </>
  );
}

function Who({ event: { key_id, caller, last_four } }: { readonly event: AuthEvent }): ReactElement {
  if (key_id !== null) {
    return (
      <>
        <PageLink to={`/api-keys/${key_id}`}>
          <span className="mono">{key_id}</span>
        </PageLink>
        {last_four !== null && <Box color="text-body-secondary" fontSize="body-s">{`…${last_four}`}</Box>}
      </>
    );
  }
  const words = { key: 'Key', session: 'Session', bootstrap: 'Bootstrap key', anonymous: 'Nobody', 'token-holder': 'Document link', anyone: 'Anyone', unknown: 'Unknown' } as const;
  return <>{words[caller]}</>;
}
