/** Shows what will change, and applies it. Where somebody else was faster, it shows that instead of writing over it. */
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { settingsChangeSchema } from '../../../lambdas/contract/settings-schemas.js';
import { call } from '../gateway/gateway.js';
import { isErrorCode } from '../gateway/gateway-error.js';
import type { Settings } from '../gateway/operation-types.js';
import { useChange } from '../gateway/use-gateway.js';
import { ConfirmDialog } from '../shell/confirm-dialog.js';
import { Loaded } from '../shell/loaded.js';
import { notify } from '../shell/notifications.js';
import { ChangesTable } from './changes-table.js';
import { staleAfterSettingsChange } from './stale.js';

interface ApplyDialogProps {
  readonly settings: Settings;
  readonly values: Record<string, unknown>;
  readonly onApplied: () => void;
  readonly onClose: () => void;
}

export function ApplyDialog({ settings, values, onApplied, onClose }: ApplyDialogProps): ReactElement {
  const verdict = useQuery({ queryKey: ['validateSettings', 'review', settings.version, values], queryFn: ({ signal }) => call('validateSettings', { body: { values }, signal }) });
  const update = useChange('updateSettings', staleAfterSettingsChange);
  const apply = (): void =>
    update.mutate(
      { body: { version: settings.version, values: settingsChangeSchema.parse(values) } },
      {
        onSuccess: ({ version, effective_within_seconds }) => {
          notify('success', `Version ${version} of the settings is saved, and counts everywhere within ${effective_within_seconds} seconds.`);
          onApplied();
        },
      },
    );
  const conflict = isErrorCode(update.error, 'settings_conflict');
  return (
    <ConfirmDialog
      title="Apply these changes?"
      verb="Apply"
      busy={update.isPending}
      disabled={verdict.data?.valid !== true || conflict}
      error={conflict ? null : update.error}
      onConfirm={apply}
      onClose={onClose}
    >
      <Loaded query={verdict} what="the changes">
        {({ changes }) => <ChangesTable changes={changes} />}
      </Loaded>
      {values['REQUIRE_API_KEY'] === false && <Alert type="warning">Anybody who reaches the gateway will be able to send faxes, and to read those that were sent without a key.</Alert>}
      {values['AUDIT_LOG_ENABLED'] === false && <Alert type="warning">Faxes and sign-ins will leave no trace in the audit log.</Alert>}
      {conflict && (
        <Alert type="warning" header="Somebody else changed the settings in the meantime">
          Go back: the form then shows what they left in force, with your changes kept, and you can review them again.
        </Alert>
      )}
      <Box color="text-body-secondary">{`It counts everywhere within ${settings.effective_within_seconds} seconds, is recorded in the audit log, and can be taken back.`}</Box>
    </ConfirmDialog>
  );
}
