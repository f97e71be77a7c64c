/** Jobs: the faxes of all owners, moving as they move. */
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Pagination from '@cloudscape-design/components/pagination';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useState, type ReactElement } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { isJobId } from '../../../lambdas/contract/identifiers.js';
import { providers } from '../../../lambdas/contract/providers.js';
import { useRead } from '../gateway/use-gateway.js';
import { Empty } from '../shell/empty.js';
import { useFollow } from '../shell/follow.js';
import { Page } from '../shell/page.js';
import { Problem } from '../shell/problem.js';
import { usePreferences } from '../shell/preferences.js';
import { TablePreferences } from '../shell/table-preferences.js';
import { stateWords } from './fax-words.js';
import { jobColumnChoices, jobColumns } from './job-columns.js';

const anyStatus = { value: '', label: 'Any status' };
const statuses = [anyStatus, ...Object.entries(stateWords).map(([value, { title }]) => ({ value, label: title }))];
const anyBackend = { value: '', label: 'Any provider' };
const backends = [anyBackend, ...providers.map((value) => ({ value, label: value }))];

/** The gateway counts and pages so far. */
const farthest = 10_000;

export function JobsPage(): ReactElement {
  const follow = useFollow();
  const navigate = useNavigate();
  const [parameters, setParameters] = useSearchParams();
  const [wantedId, setWantedId] = useState('');
  const [preferences, setPreferences] = usePreferences('jobs', jobColumnChoices);
  const [status, backend, pageNumber] = [parameters.get('status') ?? '', parameters.get('backend') ?? '', Number(parameters.get('page') ?? '1')];
  const jobs = useRead('listFaxJobs', {
    query: { status, backend, limit: preferences.pageSize, offset: (pageNumber - 1) * preferences.pageSize },
    every: 2_000,
    keepPrevious: true,
  });
  const change = (to: Record<string, string>): void => {
    const next = { status, backend, page: '1', ...to };
    setParameters(Object.fromEntries(Object.entries(next).filter(([name, value]) => value !== '' && !(name === 'page' && value === '1'))), { replace: true });
  };
  const total = jobs.data?.total ?? 0;
  return (
    <Page title="Jobs" headless>
      <SpaceBetween size="m">
        {jobs.error !== null && <Problem error={jobs.error} title="Could not read the jobs" retry={() => void jobs.refetch()} />}
        <Table
          variant="full-page"
          stickyHeader
          resizableColumns
          items={jobs.data?.jobs ?? []}
          trackBy="id"
          loading={jobs.isPending}
          loadingText="Loading jobs"
          enableKeyboardNavigation
          columnDefinitions={jobColumns}
          columnDisplay={preferences.columns}
          wrapLines={preferences.wrapLines}
          contentDensity={preferences.density}
          ariaLabels={{ tableLabel: 'Jobs' }}
          header={
            <Header
              variant="awsui-h1-sticky"
              counter={jobs.data === undefined ? undefined : `(${total}${total >= farthest ? '+' : ''})`}
              description="The faxes of all owners, newest first. States move by themselves."
              actions={
                <SpaceBetween direction="horizontal" size="xs">
                  <Button iconName="refresh" ariaLabel="Refresh" onClick={() => void jobs.refetch()} />
                  <Button variant="primary" href="/send-fax" onFollow={follow}>
                    Send Fax
                  </Button>
                </SpaceBetween>
              }
            >
              Jobs
            </Header>
          }
          filter={
            <SpaceBetween direction="horizontal" size="s">
              <FormField label="Status">
                <Select
                  options={statuses}
                  selectedOption={statuses.find(({ value }) => value === status) ?? anyStatus}
                  onChange={({ detail }) => change({ status: detail.selectedOption.value ?? '' })}
                />
              </FormField>
              <FormField label="Provider">
                <Select
                  options={backends}
                  selectedOption={backends.find(({ value }) => value === backend) ?? anyBackend}
                  onChange={({ detail }) => change({ backend: detail.selectedOption.value ?? '' })}
                />
              </FormField>
              <FormField label="Job id">
                <Input
                  type="search"
                  value={wantedId}
                  placeholder="Paste a job id"
                  spellcheck={false}
                  onChange={({ detail }) => {
                    setWantedId(detail.value);
                    if (isJobId(detail.value.trim())) void navigate(`/jobs/${detail.value.trim()}`);
                  }}
                />
              </FormField>
            </SpaceBetween>
          }
          pagination={
            <Pagination
              currentPageIndex={pageNumber}
              pagesCount={Math.max(1, Math.ceil(Math.min(total, farthest) / preferences.pageSize))}
              onChange={({ detail }) => change({ page: String(detail.currentPageIndex) })}
            />
          }
          preferences={<TablePreferences choices={jobColumnChoices} preferences={preferences} onChange={setPreferences} />}
          empty={
            status === '' && backend === '' ? (
              <Empty text="No faxes yet">
                <Box variant="p" color="inherit">
                  Send one to the sandbox: it dials nobody.
                </Box>
                <Button href="/send-fax" onFollow={follow}>
                  Send Fax
                </Button>
              </Empty>
            ) : (
              <Empty text="No job matches">
                <Button onClick={() => change({ status: '', backend: '' })}>Clear the filter</Button>
              </Empty>
            )
          }
        />
      </SpaceBetween>
    </Page>
  );
}
