/** The fax that was just sent, moving as it moves. */
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { call } from '../gateway/gateway.js';
import type { Fax } from '../gateway/operation-types.js';
import { useIsAdmin } from '../session/me.js';
import { PageLink } from '../shell/page-link.js';
import { Problem } from '../shell/problem.js';
import { FaxState } from './fax-state.js';
import { isMoving, stateWords } from './fax-words.js';

interface SentFaxProps {
  readonly fax: Fax;
  /** The key it was sent with; undefined for the session. */
  readonly token: string | undefined;
  readonly keyName: string;
  readonly onAnother: () => void;
}

export function SentFax({ fax, token, keyName, onAnother }: SentFaxProps): ReactElement {
  const administers = useIsAdmin();
  const status = useQuery({
    // The token is no part of what is kept.
    queryKey: ['getFax', fax.id],
    queryFn: async ({ signal }) => {
      if (!administers) return call('getFax', { id: fax.id, key: token, signal });
      const { state, pages, error } = await call('getFaxJob', { id: fax.id, signal });
      return { ...fax, state, pages, error };
    },
    initialData: fax,
    initialDataUpdatedAt: 0,
    refetchInterval: ({ state: { data } }) => (isMoving(data?.state ?? fax.state) ? 1_000 : false),
  });
  const { state, pages, error } = status.data;
  return (
    <Container
      header={
        <Header variant="h2" actions={<Button onClick={onAnother}>Send another</Button>} description={<span aria-live="polite">{stateWords[state].meaning}</span>}>
          Fax accepted
        </Header>
      }
    >
      <SpaceBetween size="m">
        <KeyValuePairs
          columns={4}
          items={[
            { label: 'Status', value: <FaxState state={state} /> },
            { label: 'To', value: fax.to },
            { label: 'Pages', value: pages ?? '–' },
            { label: 'Sent with', value: keyName },
          ]}
        />
        {error !== null && <Alert type="error">{error}</Alert>}
        {status.error !== null && <Problem error={status.error} title="It was accepted; its status can't be read with this key" />}
        <Box>
          Job <span className="mono" data-testid="job-id">{fax.id}</span>. {administers && <PageLink to={`/jobs/${fax.id}`}>Open it in Jobs</PageLink>}
        </Box>
      </SpaceBetween>
    </Container>
  );
}
