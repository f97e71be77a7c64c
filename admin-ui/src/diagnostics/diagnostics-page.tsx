/** Diagnostics: what works, what does not, and what to do about it. */
import Button from '@cloudscape-design/components/button';
import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import type { ReactElement } from 'react';
import { useHolds, useIsAdmin } from '../session/me.js';
import { useFollow } from '../shell/follow.js';
import { Page } from '../shell/page.js';
import { PageLink } from '../shell/page-link.js';
import { Problem } from '../shell/problem.js';
import { Time } from '../shell/time.js';
import { AuthEventsTable } from './auth-events-table.js';
import type { Check } from './checks.js';
import { useChecks } from './use-checks.js';
import { useReport } from './use-report.js';

export function DiagnosticsPage(): ReactElement {
  const follow = useFollow();
  const managesKeys = useHolds('keys:manage');
  const administers = useIsAdmin();
  const { checks, error, checkedAt, busy, again } = useChecks();
  const report = useReport();
  return (
    <Page
      title="Diagnostics"
      description="What works, what does not, and what to do about it."
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          {administers && (
            <Button iconName="download" loading={report.busy} onClick={report.save}>
              Download report
            </Button>
          )}
          <Button href="/send-fax" onFollow={follow}>
            Send Test Fax
          </Button>
          <Button variant="primary" loading={busy} onClick={again}>
            Run checks
          </Button>
        </SpaceBetween>
      }
    >
      <SpaceBetween size="l">
        <Problem error={error ?? report.error} title="Not everything could be checked" retry={again} />
        <Table
          items={checks}
          trackBy="id"
          loading={busy && checks.length === 0}
          loadingText="Checking"
          wrapLines
          ariaLabels={{ tableLabel: 'Checks' }}
          empty="Nothing was checked"
          header={
            <Header variant="h2" counter={`(${checks.length})`} description={<>Checked <Time iso={checkedAt} absent="just now" /></>}>
              Checks
            </Header>
          }
          columnDefinitions={[
            { id: 'title', header: 'Check', cell: ({ title }) => title, isRowHeader: true, width: 180 },
            { id: 'result', header: 'Result', cell: ({ result }) => <Result result={result} />, width: 130 },
            { id: 'finding', header: 'What it found', cell: (check) => <Finding check={check} />, minWidth: 260 },
          ]}
        />
        {managesKeys && (
          <SpaceBetween size="xs">
            <AuthEventsTable title="API Auth" />
          </SpaceBetween>
        )}
      </SpaceBetween>
    </Page>
  );
}

const indicators = { ok: ['success', 'OK'], warning: ['warning', 'Look at it'], failed: ['error', 'Failed'] } as const;

function Result({ result }: Pick<Check, 'result'>): ReactElement {
  const [type, text] = indicators[result];
  return <StatusIndicator type={type}>{text}</StatusIndicator>;
}

function Finding({ check: { finding, fix, link } }: { readonly check: Check }): ReactElement {
  return (
    <>
      {finding}
      {fix !== undefined && (
        <Box color="text-body-secondary">
          {fix} {link !== undefined && <PageLink to={link.href}>{link.text}</PageLink>}
        </Box>
      )}
    </>
  );
}
