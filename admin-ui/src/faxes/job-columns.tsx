/** The columns of the table of jobs. */
import type { TableProps } from '@cloudscape-design/components/table';
import type { FaxJobSummary } from '../gateway/operation-types.js';
import { PageLink } from '../shell/page-link.js';
import { Time, exactTime } from '../shell/time.js';
import { FaxState } from './fax-state.js';

export const jobColumns: (TableProps.ColumnDefinition<FaxJobSummary> & { readonly id: string; readonly header: string })[] = [
  {
    id: 'id',
    header: 'Job',
    isRowHeader: true,
    cell: ({ id }) => (
      <PageLink to={`/jobs/${id}`}>
        <span className="mono" title={id}>{`${id.slice(0, 12)}…`}</span>
      </PageLink>
    ),
    width: 150,
    minWidth: 100,
  },
  { id: 'state', header: 'Status', cell: ({ state }) => <FaxState state={state} />, width: 130, minWidth: 90 },
  { id: 'to', header: 'To', cell: ({ to_number }) => to_number, width: 150, minWidth: 90 },
  { id: 'pages', header: 'Pages', cell: ({ pages }) => pages ?? '–', width: 85, minWidth: 60 },
  { id: 'owner', header: 'Owner', cell: ({ owner }) => owner, width: 120, minWidth: 90 },
  { id: 'backend', header: 'Provider', cell: ({ backend }) => backend, width: 110, minWidth: 90 },
  { id: 'error', header: 'Error', cell: ({ error }) => error ?? '–', width: 220, minWidth: 90 },
  { id: 'created', header: 'Created', cell: ({ created_at }) => <Time iso={created_at} />, width: 140, minWidth: 90 },
  { id: 'updated', header: 'Updated', cell: ({ updated_at }) => <Time iso={updated_at} />, width: 140, minWidth: 90 },
  { id: 'created_exact', header: 'Created at', cell: ({ created_at }) => exactTime(created_at), width: 200, minWidth: 90 },
];

/** For the preferences. */
export const jobColumnChoices = jobColumns.map(({ id, header }) => ({
  id,
  label: header,
  alwaysVisible: id === 'id',
  visible: id !== 'created_exact',
}));
