/** Audit log: search, filter, follow, export, and whether the chain is whole. */
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Grid from '@cloudscape-design/components/grid';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { useEffect, useState, type ReactElement } from 'react';
import { useSearchParams } from 'react-router';
import { Page } from '../shell/page.js';
import { Problem } from '../shell/problem.js';
import { useSettled } from '../shell/use-settled.js';
import { ChainStatus } from './chain-status.js';
import { AuditTable } from './audit-table.js';
import { eventNames, eventTitle } from './event-words.js';
import { useExport } from './use-export.js';
import type { AuditFilter } from './use-audit-log.js';

/** A search begins so long after the last letter. */
const afterMilliseconds = 300;

const anyEvent = { value: '', label: 'Any event' };
const eventChoices = [anyEvent, ...eventNames.map((value) => ({ value, label: eventTitle(value), description: value }))];

const times = [
  { value: '', label: 'Any time' },
  { value: '1', label: 'The last hour' },
  { value: '24', label: 'The last day' },
  { value: '168', label: 'The last 7 days' },
  { value: '720', label: 'The last 30 days' },
];

export function AuditLogPage(): ReactElement {
  const [parameters, setParameters] = useSearchParams();
  const [typed, setTyped] = useState(parameters.get('q') ?? '');
  const [event, setEvent] = useState(parameters.get('event') ?? '');
  const [since, setSince] = useState({ hours: '', from: '' });
  const [follow, setFollow] = useState(false);
  const exporting = useExport();
  const filter: AuditFilter = { q: useSettled(typed.trim(), afterMilliseconds), event, since: since.from };
  useEffect(() => {
    const wanted = new URLSearchParams(Object.entries({ q: filter.q, event: filter.event }).filter(([, value]) => value !== ''));
    if (wanted.toString() !== parameters.toString()) setParameters(wanted, { replace: true });
  }, [filter.q, filter.event, parameters, setParameters]);
  return (
    <Page
      title="Audit log"
      description="Who did what, from where, and how it ended. Each event is a link of a chain that can not be changed unnoticed."
    >
      <SpaceBetween size="l">
        <ChainStatus />
        <Problem error={exporting.error} title="The export did not work" />
        <AuditTable
          filter={filter}
          follow={follow}
          header={
            <Header
              variant="h2"
              actions={
                <SpaceBetween direction="horizontal" size="s" alignItems="center">
                  <Toggle checked={follow} onChange={({ detail }) => setFollow(detail.checked)}>
                    Follow
                  </Toggle>
                  <Button iconName="download" loading={exporting.busy} onClick={() => exporting.save(filter)}>
                    Export
                  </Button>
                </SpaceBetween>
              }
            >
              Events
            </Header>
          }
          controls={
            <search aria-label="Audit events">
              <Grid gridDefinition={[{ colspan: { default: 12, s: 5 } }, { colspan: { default: 12, s: 4 } }, { colspan: { default: 12, s: 3 } }]}>
                <FormField label="Search">
                  <Input
                    type="search"
                    value={typed}
                    placeholder="A key id, a job id, an address …"
                    spellcheck={false}
                    onChange={({ detail }) => setTyped(detail.value)}
                  />
                </FormField>
                <FormField label="Event">
                  <Select
                    options={eventChoices}
                    filteringType="auto"
                    selectedOption={eventChoices.find(({ value }) => value === filter.event) ?? { value: filter.event, label: filter.event }}
                    onChange={({ detail }) => setEvent(detail.selectedOption.value ?? '')}
                  />
                </FormField>
                <FormField label="Time">
                  <Select
                    options={times}
                    selectedOption={times.find(({ value }) => value === since.hours) ?? null}
                    onChange={({ detail }) => setSince(sinceOf(detail.selectedOption.value ?? ''))}
                  />
                </FormField>
              </Grid>
            </search>
          }
        />
      </SpaceBetween>
    </Page>
  );
}

function sinceOf(hours: string): { readonly hours: string; readonly from: string } {
  return { hours, from: hours === '' ? '' : new Date(Date.now() - Number(hours) * 3_600_000).toISOString() };
}
