/** Two administrators edited one key: what the other one changed, what you would change, and the choice. */
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import type { ReactElement } from 'react';
import type { ApiKey, BodyOf } from '../gateway/operation-types.js';

interface ConflictDialogProps {
  readonly mine: BodyOf<'editApiKey'>;
  readonly base: ApiKey;
  readonly theirs: ApiKey;
  readonly onMine: () => void;
  readonly onTheirs: () => void;
  readonly onClose: () => void;
}

const fields = {
  name: 'Name',
  scopes: 'Scopes',
  tier: 'Tier',
  expires_at: 'Expires',
  allowed_ips: 'IP ranges',
  requests_per_minute: 'Requests per minute',
  rotate_every_days: 'Rotate every … days',
  note: 'Note',
  disabled_at: 'Disabled',
  revoked_at: 'Revoked',
} as const;

export function ConflictDialog({ mine, base, theirs, onMine, onTheirs, onClose }: ConflictDialogProps): ReactElement {
  const rows = Object.entries(fields)
    .map(([name, label]) => ({ label, before: valueOf(base, name), theirs: valueOf(theirs, name), mine: name in mine ? valueOf(mine, name) : valueOf(theirs, name) }))
    .filter((row) => row.before !== row.theirs || row.mine !== row.theirs);
  return (
    <Modal
      visible
      size="large"
      header="Somebody else changed this key in the meantime"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" formAction="none" onClick={onClose}>
              Back to the form
            </Button>
            <Button formAction="none" onClick={onTheirs}>
              Take theirs
            </Button>
            <Button variant="primary" formAction="none" onClick={onMine}>
              Apply mine on top
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Box variant="p">Nothing of yours is saved yet. Your changes can go on top of theirs: what you did not touch stays as they left it.</Box>
        <Table
          variant="embedded"
          items={rows}
          ariaLabels={{ tableLabel: 'What differs' }}
          columnDefinitions={[
            { id: 'label', header: 'Field', cell: ({ label }) => label, isRowHeader: true },
            { id: 'before', header: 'When you opened it', cell: ({ before }) => before },
            { id: 'theirs', header: 'Theirs, in force', cell: (row) => (row.theirs === row.before ? row.theirs : <b>{row.theirs}</b>) },
            { id: 'mine', header: 'With yours on top', cell: (row) => (row.mine === row.theirs ? row.mine : <b>{row.mine}</b>) },
          ]}
        />
      </SpaceBetween>
    </Modal>
  );
}

function valueOf(of: object, name: string): string {
  const value: unknown = Object.entries(of).find(([one]) => one === name)?.[1];
  if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) return '–';
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
