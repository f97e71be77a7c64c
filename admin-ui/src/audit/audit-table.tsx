/** Audit events as a table, each with its whole record. */
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import type { ReactElement, ReactNode } from 'react';
import type { AuditEvent } from '../gateway/operation-types.js';
import { Empty } from '../shell/empty.js';
import { PageLink } from '../shell/page-link.js';
import { Problem } from '../shell/problem.js';
import { Time, exactTime } from '../shell/time.js';
import { actorTitle, eventTitle, subjectOf } from './event-words.js';
import { useAuditLog, type AuditFilter } from './use-audit-log.js';

export interface AuditTableProps {
  /** Only events whose record holds this text. */
  readonly about?: string;
  readonly filter?: AuditFilter;
  readonly follow?: boolean;
  readonly header?: ReactNode;
  readonly controls?: ReactNode;
}

const noFilter: AuditFilter = { q: '', event: '', since: '' };

export function AuditTable({ about, filter = noFilter, follow = false, header, controls }: AuditTableProps): ReactElement {
  const log = useAuditLog(about === undefined ? filter : { ...filter, q: about }, follow);
  return (
    <SpaceBetween size="m">
      {log.error !== null && <Problem error={log.error} title="Could not read the audit log" retry={() => void log.refetch()} />}
      <Table
        items={log.data?.events ?? []}
        trackBy="event_id"
        loading={log.isPending}
        loadingText="Loading events"
        wrapLines
        ariaLabels={{ tableLabel: 'Audit events' }}
        header={
          header ?? (
            <Header variant="h3" actions={<Button iconName="refresh" ariaLabel="Refresh" onClick={() => void log.refetch()} />}>
              History
            </Header>
          )
        }
        filter={controls}
        empty={<Empty text="No events" />}
        columnDefinitions={columns}
        footer={
          log.hasNextPage && (
            <Box textAlign="center">
              <SpaceBetween size="xs">
                <Button loading={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
                  Load older ones
                </Button>
                <SearchedBackTo time={log.data?.searchedBackTo ?? null} />
              </SpaceBetween>
            </Box>
          )
        }
      />
    </SpaceBetween>
  );
}

const outcomes = { success: 'success', refused: 'error', failed: 'error', uncertain: 'warning' } as const;
const outcomeTitles = { success: 'Success', refused: 'Refused', failed: 'Failed', uncertain: 'Uncertain' } as const;

const columns = [
  { id: 'ts', header: 'When', cell: ({ ts }: AuditEvent) => <Time iso={ts} />, width: 130 },
  { id: 'event', header: 'Event', cell: (event: AuditEvent) => <Record event={event} />, isRowHeader: true, minWidth: 230 },
  { id: 'outcome', header: 'Outcome', cell: ({ outcome }: AuditEvent) => <StatusIndicator type={outcomes[outcome]}>{outcomeTitles[outcome]}</StatusIndicator>, width: 120 },
  { id: 'subject', header: 'About', cell: (event: AuditEvent) => <Subject event={event} />, minWidth: 140 },
  { id: 'actor', header: 'By', cell: (event: AuditEvent) => <span className="mono">{actorTitle(event)}</span>, minWidth: 130 },
  { id: 'from', header: 'From', cell: ({ source_ip, user_agent }: AuditEvent) => <span title={user_agent}>{source_ip ?? '–'}</span>, minWidth: 100 },
  { id: 'sequence', header: 'Link', cell: ({ sequence }: AuditEvent) => sequence, width: 80 },
];

function Subject({ event }: { readonly event: AuditEvent }): ReactElement {
  const { text, href } = subjectOf(event);
  const shown = <span className="mono">{text.length > 14 && !text.includes(' ') ? `${text.slice(0, 12)}…` : text}</span>;
  return href === undefined ? shown : <PageLink to={href}>{shown}</PageLink>;
}

function SearchedBackTo({ time }: { readonly time: string | null }): ReactElement | null {
  if (time === null) return null;
  return <Box color="text-body-secondary" fontSize="body-s">{`Searched back to ${exactTime(time)}`}</Box>;
}

function Record({ event }: { readonly event: AuditEvent }): ReactElement {
  return (
    <ExpandableSection variant="inline" headerText={eventTitle(event.event)} headerAriaLabel={`${eventTitle(event.event)}, the whole record`}>
      <div className="code">{JSON.stringify(event, null, 2)}</div>
    </ExpandableSection>
  );
}
