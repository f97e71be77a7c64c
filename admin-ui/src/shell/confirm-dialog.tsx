/** Asks before something is done, says what follows from it, and shows why it did not work. */
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactElement, ReactNode } from 'react';
import { Problem } from './problem.js';

export interface ConfirmDialogProps {
  readonly title: string;
  /** The verb on the button, such as `Revoke`. */
  readonly verb: string;
  readonly children: ReactNode;
  readonly busy: boolean;
  readonly error: unknown;
  readonly disabled?: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

export function ConfirmDialog({ title, verb, children, busy, error, disabled = false, onConfirm, onClose }: ConfirmDialogProps): ReactElement {
  return (
    <Modal
      visible
      header={title}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button variant="primary" loading={busy} disabled={disabled} onClick={onConfirm}>
              {verb}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {children}
        <Problem error={error} />
      </SpaceBetween>
    </Modal>
  );
}
