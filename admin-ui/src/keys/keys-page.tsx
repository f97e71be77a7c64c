/** API Keys: the table of all keys, and what can be done with the one that is selected. */
import { useCollection } from '@cloudscape-design/collection-hooks';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import PropertyFilter from '@cloudscape-design/components/property-filter';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useMemo, type ReactElement } from 'react';
import { Empty } from '../shell/empty.js';
import { useFollow } from '../shell/follow.js';
import { Page } from '../shell/page.js';
import { Problem } from '../shell/problem.js';
import { usePreferences } from '../shell/preferences.js';
import { TablePreferences } from '../shell/table-preferences.js';
import { KeyActions } from './key-actions.js';
import { columnChoices, keyColumns } from './key-columns.js';
import { keyFilterOptions, keyFilterProperties, toRow } from './key-rows.js';
import { useKeys } from './use-keys.js';

export function KeysPage(): ReactElement {
  const follow = useFollow();
  const keys = useKeys();
  const [preferences, setPreferences] = usePreferences('api-keys', columnChoices);
  const rows = useMemo(() => (keys.data ?? []).map(toRow), [keys.data]);
  const filteringOptions = useMemo(() => keyFilterOptions(rows), [rows]);
  const { items, collectionProps, propertyFilterProps, paginationProps, filteredItemsCount, actions } = useCollection(rows, {
    propertyFiltering: {
      filteringProperties: keyFilterProperties,
      empty: <NoKeys />,
      noMatch: (
        <Empty text="No key matches">
          <Button onClick={() => actions.setPropertyFiltering({ tokens: [], operation: 'and' })}>Clear the filter</Button>
        </Empty>
      ),
    },
    pagination: { pageSize: preferences.pageSize },
    sorting: {},
    selection: { trackBy: 'key_id' },
  });
  const selected = collectionProps.selectedItems?.[0];
  const current = rows.find(({ key_id }) => key_id === selected?.key_id)?.item;
  return (
    <Page title="API Keys" headless>
      <SpaceBetween size="m">
        {keys.error !== null && <Problem error={keys.error} title="Could not read the keys" retry={() => void keys.refetch()} />}
        <Table
          {...collectionProps}
          variant="full-page"
          stickyHeader
          resizableColumns
          selectionType="single"
          items={items}
          columnDefinitions={keyColumns}
          columnDisplay={preferences.columns}
          wrapLines={preferences.wrapLines}
          contentDensity={preferences.density}
          loading={keys.isPending}
          loadingText="Loading keys"
          enableKeyboardNavigation
          ariaLabels={{
            tableLabel: 'API Keys',
            selectionGroupLabel: 'Select a key',
            itemSelectionLabel: (_state, row) => `Select ${row.name}`,
          }}
          header={
            <Header
              variant="awsui-h1-sticky"
              counter={keys.data === undefined ? undefined : `(${filteredItemsCount ?? rows.length}${keys.hasNextPage ? '+' : ''})`}
              description="Each client gets a key of its own, with what it needs, for as long as it needs it."
              actions={
                <SpaceBetween direction="horizontal" size="xs">
                  <Button iconName="refresh" ariaLabel="Refresh" loading={keys.isRefetching && !keys.isFetchingNextPage} onClick={() => void keys.refetch()} />
                  <KeyActions item={current} />
                  <Button variant="primary" href="/api-keys/create" onFollow={follow}>
                    Create Key
                  </Button>
                </SpaceBetween>
              }
            >
              API Keys
            </Header>
          }
          filter={
            <PropertyFilter
              {...propertyFilterProps}
              filteringOptions={filteringOptions}
              filteringPlaceholder="Find keys by name, state, scope, owner …"
              filteringAriaLabel="Find keys"
              countText={`${filteredItemsCount ?? 0} ${filteredItemsCount === 1 ? 'match' : 'matches'}`}
              expandToViewport
            />
          }
          pagination={<Pagination {...paginationProps} />}
          preferences={<TablePreferences choices={columnChoices} preferences={preferences} onChange={setPreferences} />}
          footer={
            keys.hasNextPage && (
              <Box textAlign="center">
                <Button loading={keys.isFetchingNextPage} onClick={() => void keys.fetchNextPage()}>
                  There are more keys: load the next 1,000
                </Button>
              </Box>
            )
          }
        />
      </SpaceBetween>
    </Page>
  );
}

function NoKeys(): ReactElement {
  const follow = useFollow();
  return (
    <Empty text="No keys yet">
      <Box variant="p" color="inherit">
        Create one for each client, with the scopes that it needs.
      </Box>
      <Button href="/api-keys/create" onFollow={follow}>
        Create your first key
      </Button>
    </Empty>
  );
}
