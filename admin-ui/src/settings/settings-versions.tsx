/** Earlier versions of the settings: who changed what, and the way back. */
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import { useState, type ReactElement } from 'react';
import type { Settings, SettingsVersion } from '../gateway/operation-types.js';
import { useRead } from '../gateway/use-gateway.js';
import { Empty } from '../shell/empty.js';
import { Problem } from '../shell/problem.js';
import { Time } from '../shell/time.js';
import { RestoreDialog } from './restore-dialog.js';
import { inWords } from './setting-draft.js';

export function SettingsVersions({ settings }: { readonly settings: Settings }): ReactElement {
  const [before, setBefore] = useState<readonly number[]>([]);
  const [restoring, setRestoring] = useState<number>();
  const versions = useRead('listSettingsVersions', { query: { limit: 10, before: before.at(-1) }, keepPrevious: true });
  const next = versions.data?.next_before ?? null;
  return (
    <>
      <Problem error={versions.error} title="Could not read the versions" retry={() => void versions.refetch()} />
      <Table
        items={versions.data?.versions ?? []}
        trackBy="version"
        wrapLines
        loading={versions.isPending}
        loadingText="Loading versions"
        ariaLabels={{ tableLabel: 'Versions' }}
        header={
          <Header
            variant="h2"
            description="Each change is a version. Restoring one makes a new version with its values."
            actions={
              <>
                {before.length > 0 && <Button onClick={() => setBefore(before.slice(0, -1))}>Newer</Button>}
                {next !== null && <Button onClick={() => setBefore([...before, next])}>Older</Button>}
                {settings.version > 0 && <Button onClick={() => setRestoring(0)}>Restore the defaults</Button>}
              </>
            }
          >
            Versions
          </Header>
        }
        empty={<Empty text="Nobody has changed the settings yet: the defaults hold" />}
        columnDefinitions={[
          { id: 'version', header: 'Version', cell: ({ version }) => version, isRowHeader: true, width: 90 },
          { id: 'changes', header: 'What changed', cell: (version) => <Changes version={version} />, minWidth: 240 },
          { id: 'when', header: 'When', cell: ({ changed_at }) => <Time iso={changed_at} />, width: 150 },
          { id: 'by', header: 'By', cell: ({ changed_by }) => <span className="mono">{changed_by.key_id ?? changed_by.type}</span>, width: 150 },
          {
            id: 'restore',
            header: 'Restore',
            width: 130,
            cell: ({ version }) =>
              version === settings.version ? (
                'In force'
              ) : (
                <Button variant="inline-link" ariaLabel={`Restore version ${version}`} onClick={() => setRestoring(version)}>
                  Restore
                </Button>
              ),
          },
        ]}
      />
      {restoring !== undefined && <RestoreDialog settings={settings} version={restoring} onClose={() => setRestoring(undefined)} />}
    </>
  );
}

function Changes({ version: { changes, restored_version } }: { readonly version: SettingsVersion }): ReactElement {
  return (
    <>
      {restored_version !== null && <div>{restored_version === 0 ? 'Restored the defaults' : `Restored version ${restored_version}`}</div>}
      {changes.map(({ name, from, to }) => (
        <div key={name}>
          <span className="mono">{name}</span>: {inWords(from)} → {inWords(to)}
        </div>
      ))}
    </>
  );
}
