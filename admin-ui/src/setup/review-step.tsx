/** The last step: what will change, and what comes after. */
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactElement } from 'react';
import type { AnswerOf } from '../gateway/operation-types.js';
import type { KeyDraft } from '../keys/key-draft.js';
import { ChangesTable } from '../settings/changes-table.js';
import { Problem } from '../shell/problem.js';

interface ReviewStepProps {
  readonly verdict: AnswerOf<'validateSettings'> | undefined;
  readonly keyDraft: KeyDraft | undefined;
  readonly error: unknown;
}

export function ReviewStep({ verdict, keyDraft, error }: ReviewStepProps): ReactElement {
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Settings</Header>}>
        <ChangesTable changes={verdict?.changes ?? []} />
      </Container>
      <Container header={<Header variant="h2">First key and test fax</Header>}>
        {keyDraft === undefined ? (
          <Box variant="p">No key is created. You can do that in API Keys, and send a test fax with your session.</Box>
        ) : (
          <Box variant="p">
            The key <b>{keyDraft.name}</b> with {keyDraft.scopes.join(', ')} is created, and its token shown once. Then Send Fax opens with this key selected.
          </Box>
        )}
      </Container>
      <Problem error={error} title="Not everything was applied" />
    </SpaceBetween>
  );
}
