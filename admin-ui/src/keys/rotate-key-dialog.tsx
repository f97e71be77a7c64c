/** Rotate: the key keeps its id and gets a new token, which is then shown. */
import FormField from '@cloudscape-design/components/form-field';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Select from '@cloudscape-design/components/select';
import { useState, type ReactElement } from 'react';
import type { ApiKey } from '../gateway/operation-types.js';
import { useChange } from '../gateway/use-gateway.js';
import { ConfirmDialog } from '../shell/confirm-dialog.js';
import { titleOf } from './key-words.js';
import { showToken } from './shown-token.js';
import { staleAfterKeyChange } from './stale.js';

const overlaps = [
  { value: '900', label: '15 minutes' },
  { value: '3600', label: '1 hour' },
  { value: '86400', label: '24 hours' },
  { value: '604800', label: '7 days' },
  { value: '2592000', label: '30 days' },
];

export function RotateKeyDialog({ item, onClose }: { readonly item: ApiKey; readonly onClose: () => void }): ReactElement {
  const [way, setWay] = useState('overlap');
  const [overlap, setOverlap] = useState('86400');
  const rotate = useChange('rotateApiKey', staleAfterKeyChange);
  const title = titleOf(item);
  const confirm = (): void =>
    rotate.mutate(
      { id: item.key_id, body: { overlap_seconds: way === 'overlap' ? Number(overlap) : 0 } },
      {
        onSuccess: (rotated) => {
          showToken({ keyId: rotated.key_id, name: titleOf(rotated), token: rotated.token, reason: 'rotated', oldEndsAt: rotated.rotation?.ends_at ?? undefined });
          onClose();
        },
      },
    );
  return (
    <ConfirmDialog title={`Rotate ${title}`} verb="Rotate" busy={rotate.isPending} error={rotate.error} onConfirm={confirm} onClose={onClose}>
      <FormField label="What happens with the old token" stretch>
        <RadioGroup
          value={way}
          onChange={({ detail }) => setWay(detail.value)}
          items={[
            { value: 'overlap', label: 'It works for a while beside the new one', description: 'Clients change over without an interruption. You can finish earlier, or cancel.' },
            { value: 'at-once', label: 'It is refused at once', description: 'For a token that got into the wrong hands: clients fail until they have the new one.' },
          ]}
        />
      </FormField>
      {way === 'overlap' && (
        <FormField label="For how long">
          <Select
            options={overlaps}
            selectedOption={overlaps.find(({ value }) => value === overlap) ?? null}
            onChange={({ detail }) => setOverlap(detail.selectedOption.value ?? overlap)}
          />
        </FormField>
      )}
    </ConfirmDialog>
  );
}
