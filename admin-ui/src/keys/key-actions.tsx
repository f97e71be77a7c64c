/** What can be done with a key, beside the table and on its own page. What can't says why. */
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { Suspense, lazy, useState, type ReactElement } from 'react';
import { useNavigate } from 'react-router';
import type { ApiKey } from '../gateway/operation-types.js';
import { whyNot } from './key-words.js';

const RotateKeyDialog = lazy(async () => ({ default: (await import('./rotate-key-dialog.js')).RotateKeyDialog }));
const RevokeKeyDialog = lazy(async () => ({ default: (await import('./revoke-key-dialog.js')).RevokeKeyDialog }));
const DisableKeyDialog = lazy(async () => ({ default: (await import('./disable-key-dialog.js')).DisableKeyDialog }));
const EnableKeyDialog = lazy(async () => ({ default: (await import('./enable-key-dialog.js')).EnableKeyDialog }));

type Dialog = 'rotate' | 'revoke' | 'disable' | 'enable';

export function KeyActions({ item }: { readonly item: ApiKey | undefined }): ReactElement {
  const navigate = useNavigate();
  const [open, setOpen] = useState<{ readonly dialog: Dialog; readonly item: ApiKey }>();
  const close = (): void => setOpen(undefined);
  const show = (dialog: Dialog): void => {
    if (item !== undefined) setOpen({ dialog, item });
  };
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <ButtonDropdown
        expandToViewport
        items={[
          { id: 'edit', text: 'Edit', ...refused('edit', item) },
          { id: 'disable', text: 'Disable', ...refused('disable', item) },
          { id: 'enable', text: 'Enable', ...refused('enable', item) },
        ]}
        disabled={item === undefined}
        disabledReason="Select a key first"
        onItemClick={({ detail }) => {
          if (item === undefined) return;
          if (detail.id === 'edit') void navigate(`/api-keys/${item.key_id}/edit`);
          if (detail.id === 'disable' || detail.id === 'enable') show(detail.id);
        }}
      >
        Actions
      </ButtonDropdown>
      <Button {...refused('rotate', item)} onClick={() => show('rotate')}>
        Rotate
      </Button>
      <Button {...refused('revoke', item)} onClick={() => show('revoke')}>
        Revoke
      </Button>
      <Suspense>
        {open?.dialog === 'rotate' && <RotateKeyDialog item={open.item} onClose={close} />}
        {open?.dialog === 'revoke' && <RevokeKeyDialog item={open.item} onClose={close} />}
        {open?.dialog === 'disable' && <DisableKeyDialog item={open.item} onClose={close} />}
        {open?.dialog === 'enable' && <EnableKeyDialog item={open.item} onClose={close} />}
      </Suspense>
    </SpaceBetween>
  );
}

function refused(action: Parameters<typeof whyNot>[0], item: ApiKey | undefined): { readonly disabled: boolean; readonly disabledReason?: string } {
  const reason = whyNot(action, item);
  return reason === undefined ? { disabled: false } : { disabled: true, disabledReason: reason };
}
