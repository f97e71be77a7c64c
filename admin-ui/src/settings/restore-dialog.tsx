/** Brings back an earlier version, after showing what that changes. */
import Box from '@cloudscape-design/components/box';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { call } from '../gateway/gateway.js';
import type { AnswerOf, Settings, SettingsVersion } from '../gateway/operation-types.js';
import { useChange } from '../gateway/use-gateway.js';
import { ConfirmDialog } from '../shell/confirm-dialog.js';
import { Loaded } from '../shell/loaded.js';
import { notify } from '../shell/notifications.js';
import { ChangesTable } from './changes-table.js';
import { staleAfterSettingsChange } from './stale.js';

interface RestoreDialogProps {
  readonly settings: Settings;
  readonly version: number;
  readonly onClose: () => void;
}

export function RestoreDialog({ settings, version, onClose }: RestoreDialogProps): ReactElement {
  const changes = useQuery({ queryKey: ['validateSettings', 'restore', settings.version, version], queryFn: () => changesOfRestoring(settings, version) });
  const restore = useChange('restoreSettings', staleAfterSettingsChange);
  const confirm = (): void =>
    restore.mutate(
      { body: { version: settings.version, restore_version: version } },
      {
        onSuccess: (restored) => {
          notify('success', `${version === 0 ? 'The defaults are' : `Version ${version} is`} back, as version ${restored.version}.`);
          onClose();
        },
      },
    );
  return (
    <ConfirmDialog
      title={version === 0 ? 'Restore the defaults?' : `Restore version ${version}?`}
      verb="Restore"
      busy={restore.isPending}
      disabled={changes.data === undefined}
      error={restore.error}
      onConfirm={confirm}
      onClose={onClose}
    >
      <Loaded query={changes} what="what would change">
        {(list) => <ChangesTable changes={list} />}
      </Loaded>
      <Box color="text-body-secondary">It becomes a new version: nothing is lost, and this can be taken back as well.</Box>
    </ConfirmDialog>
  );
}

async function changesOfRestoring(settings: Settings, version: number): Promise<SettingsVersion['changes']> {
  if (version === 0) return (await validate(settings.defaults)).changes;
  const { versions } = await call('listSettingsVersions', { query: { limit: 1, before: version + 1 } });
  return (await validate(versions[0]?.values ?? {})).changes;
}

function validate(values: object): Promise<AnswerOf<'validateSettings'>> {
  return call('validateSettings', { body: { values: { ...values } } });
}
