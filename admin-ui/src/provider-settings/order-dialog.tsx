/** The order of the providers: the default, and who follows where nothing was sent. */
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import Multiselect from '@cloudscape-design/components/multiselect';
import Select from '@cloudscape-design/components/select';
import { useState, type ReactElement } from 'react';
import { isErrorCode } from '../gateway/gateway-error.js';
import type { ProviderSettings } from '../gateway/operation-types.js';
import { useChange } from '../gateway/use-gateway.js';
import { ConfirmDialog } from '../shell/confirm-dialog.js';
import { notify } from '../shell/notifications.js';
import { staleAfterProviderChange } from './stale.js';

export function OrderDialog({ settings, onClose }: { readonly settings: ProviderSettings; readonly onClose: () => void }): ReactElement {
  const [first = 'sandbox', ...rest] = settings.order;
  const [standard, setStandard] = useState(first);
  const [fallbacks, setFallbacks] = useState<readonly string[]>(rest);
  const order = useChange('orderProviders', staleAfterProviderChange);
  const options = settings.providers.map((one) => ({ value: one.id, label: one.name, description: one.configured ? undefined : 'Not set up', disabled: !one.configured && !settings.order.includes(one.id) }));
  const wanted = [standard, ...fallbacks.filter((id) => id !== standard)];
  const conflict = isErrorCode(order.error, 'settings_conflict');
  const confirm = (): void =>
    order.mutate(
      { body: { version: settings.version, order: wanted } },
      {
        onSuccess: ({ effective_within_seconds: seconds }) => {
          notify('success', `The order is saved, and counts for new faxes within ${seconds} seconds.`);
          onClose();
        },
      },
    );
  return (
    <ConfirmDialog
      title="Who sends the faxes?"
      verb="Save order"
      busy={order.isPending}
      disabled={conflict || wanted.join() === settings.order.join()}
      error={conflict ? null : order.error}
      onConfirm={confirm}
      onClose={onClose}
    >
      <FormField label="Default">
        <Select options={options} selectedOption={options.find(({ value }) => value === standard) ?? null} onChange={({ detail }) => setStandard(detail.selectedOption.value ?? standard)} />
      </FormField>
      <FormField label="Then" description="Tried in this order, and only where the one before certainly sent nothing.">
        <Multiselect
          options={options.filter(({ value }) => value !== standard)}
          selectedOptions={wanted.slice(1).flatMap((id) => options.filter(({ value }) => value === id))}
          placeholder="Nobody"
          deselectAriaLabel={({ label }) => `Remove ${label ?? ''}`}
          onChange={({ detail }) => setFallbacks(detail.selectedOptions.flatMap(({ value }) => value ?? []))}
        />
      </FormField>
      {wanted.includes('sandbox') && wanted.length > 1 && <Alert type="warning">The sandbox dials nobody: a fax that falls back to it is not delivered, although it ends as a success.</Alert>}
      {conflict && (
        <Alert type="warning" header="Somebody else changed the providers in the meantime">
          Close this dialog: the page then shows what they left in force.
        </Alert>
      )}
      <Box color="text-body-secondary">Faxes that are accepted already keep the order that they came with.</Box>
    </ConfirmDialog>
  );
}
