/** The columns of the table of keys. */
import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { TableProps } from '@cloudscape-design/components/table';
import type { ReactElement, ReactNode } from 'react';
import type { ApiKey } from '../gateway/operation-types.js';
import { Time, exactDay } from '../shell/time.js';
import { KeyName, KeyState, OfKey, TokenHint } from './key-state.js';
import type { KeyRow } from './key-rows.js';
import { adviceTitles, titleOf } from './key-words.js';

interface Column {
  readonly id: string;
  readonly header: string;
  readonly cell: (key: ApiKey) => ReactNode;
  readonly sort?: (key: ApiKey) => string | number;
  readonly hidden?: true;
  readonly width?: number;
}

const columns: readonly Column[] = [
  { id: 'name', header: 'Key', cell: (key) => <NameAndToken item={key} />, sort: (key) => titleOf(key).toLowerCase(), width: 225 },
  { id: 'state', header: 'State', cell: ({ state }) => <KeyState state={state} />, sort: ({ state }) => state, width: 118 },
  { id: 'owner', header: 'Owner', cell: (key) => of(key, key.owner), sort: ({ owner }) => owner, width: 105 },
  { id: 'scopes', header: 'Scopes', cell: (key) => of(key, <Scopes scopes={key.scopes} />), width: 122 },
  { id: 'tier', header: 'Tier', cell: (key) => of(key, key.tier), sort: ({ tier }) => tier, width: 100 },
  { id: 'last_used', header: 'Last used', cell: (key) => of(key, <Time iso={key.last_used_at} absent="Never" />), sort: ({ last_used_at }) => last_used_at ?? '', width: 122 },
  { id: 'expires', header: 'Expires', cell: (key) => of(key, <Time iso={key.expires_at} absent="Never" />), sort: ({ expires_at }) => expires_at ?? '9', width: 116 },
  { id: 'advice', header: 'Advice', cell: (key) => <Advice advice={key.advice} />, sort: ({ advice }) => -advice.length, width: 145 },
  { id: 'created', header: 'Created', cell: (key) => of(key, exactDay(key.created_at)), sort: ({ created_at }) => created_at, hidden: true },
  { id: 'key_id', header: 'Key id', cell: (key) => <span className="mono">{key.key_id}</span>, sort: ({ key_id }) => key_id, hidden: true },
  { id: 'ranges', header: 'IP ranges', cell: (key) => of(key, key.allowed_ips.join(', ') || 'Any'), hidden: true },
  { id: 'note', header: 'Note', cell: (key) => of(key, key.note ?? '–'), hidden: true },
];

export const keyColumns: TableProps.ColumnDefinition<KeyRow>[] = columns.map(({ id, header, cell, sort, width }) => ({
  id,
  header,
  cell: ({ item }) => cell(item),
  ...(width === undefined ? {} : { width, minWidth: 90 }),
  ...(sort === undefined ? {} : { sortingField: id, sortingComparator: (one: KeyRow, other: KeyRow) => compare(sort(one.item), sort(other.item)) }),
  isRowHeader: id === 'name',
}));

/** For the preferences: every column, and whether it is there at first. */
export const columnChoices = columns.map(({ id, header, hidden }) => ({ id, label: header, alwaysVisible: id === 'name', visible: hidden !== true }));

function of(item: ApiKey, value: ReactNode): ReactElement {
  return <OfKey item={item}>{value}</OfKey>;
}

function NameAndToken({ item }: { readonly item: ApiKey }): ReactElement {
  return (
    <>
      <KeyName item={item} />
      <Box color="text-body-secondary" fontSize="body-s">
        <TokenHint item={item} />
      </Box>
    </>
  );
}

function Scopes({ scopes }: Pick<ApiKey, 'scopes'>): ReactElement {
  return (
    <>
      {scopes.map((scope) => (
        <div key={scope}>{scope}</div>
      ))}
    </>
  );
}

function Advice({ advice }: Pick<ApiKey, 'advice'>): ReactElement {
  if (advice.length === 0) return <>–</>;
  return (
    <SpaceBetween size="xxxs">
      {advice.map(({ code, detail }) => (
        <span key={code} title={detail}>
          <StatusIndicator type={code === 'unused_scopes' || code === 'no_expiry' ? 'info' : 'warning'}>{adviceTitles[code]}</StatusIndicator>
        </span>
      ))}
    </SpaceBetween>
  );
}

function compare(one: string | number, other: string | number): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
