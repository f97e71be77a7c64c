/** Settings → Sessions: who is signed in to the console, from where, and the end of it. */
import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import { useState, type ReactElement } from 'react';
import type { AnswerOf } from '../gateway/operation-types.js';
import { useChange, useRead } from '../gateway/use-gateway.js';
import { ConfirmDialog } from '../shell/confirm-dialog.js';
import { notify } from '../shell/notifications.js';
import { Page } from '../shell/page.js';
import { PageLink } from '../shell/page-link.js';
import { Problem } from '../shell/problem.js';
import { Time } from '../shell/time.js';

type Session = AnswerOf<'listSessions'>['items'][number];

const path = [{ text: 'Settings', href: '/settings' }];

export function SessionsPage(): ReactElement {
  const [earlier, setEarlier] = useState<readonly string[]>([]);
  const [ending, setEnding] = useState<Session>();
  const sessions = useRead('listSessions', { query: { limit: 50, cursor: earlier.at(-1) }, every: 30_000, keepPrevious: true });
  const next = sessions.data?.next_cursor ?? null;
  return (
    <Page title="Sessions" path={path} description="Who is signed in to this console. A session may do what its key may, and ends with it.">
      <Problem error={sessions.error} title="Could not read the sessions" retry={() => void sessions.refetch()} />
      <Table
        items={sessions.data?.items ?? []}
        trackBy="session_id"
        loading={sessions.isPending}
        loadingText="Loading sessions"
        wrapLines
        ariaLabels={{ tableLabel: 'Sessions' }}
        empty="Nobody is signed in"
        header={
          <Header
            variant="h2"
            actions={
              <>
                {earlier.length > 0 && <Button onClick={() => setEarlier(earlier.slice(0, -1))}>Newer</Button>}
                {next !== null && <Button onClick={() => setEarlier([...earlier, next])}>Older</Button>}
                <Button iconName="refresh" ariaLabel="Refresh" onClick={() => void sessions.refetch()} />
              </>
            }
          >
            In force
          </Header>
        }
        columnDefinitions={[
          { id: 'who', header: 'Key', cell: (session) => <Who session={session} />, isRowHeader: true, minWidth: 160 },
          { id: 'from', header: 'From', cell: ({ source_ip, user_agent }) => <span title={user_agent}>{source_ip}</span>, minWidth: 110 },
          { id: 'since', header: 'Signed in', cell: ({ created_at }) => <Time iso={created_at} />, minWidth: 120 },
          { id: 'seen', header: 'Last used', cell: ({ last_seen_at }) => <Time iso={last_seen_at} />, minWidth: 120 },
          { id: 'idle', header: 'Ends if unused', cell: ({ idle_ends_at }) => <Time iso={idle_ends_at} />, minWidth: 120 },
          { id: 'ends', header: 'Ends at the latest', cell: ({ ends_at }) => <Time iso={ends_at} />, minWidth: 120 },
          {
            id: 'end',
            header: 'End',
            minWidth: 120,
            cell: (session) => (
              <Button variant="inline-link" ariaLabel={`End session ${session.session_id.slice(0, 6)}`} onClick={() => setEnding(session)}>
                End session
              </Button>
            ),
          },
        ]}
      />
      {ending !== undefined && <EndSession session={ending} onClose={() => setEnding(undefined)} />}
    </Page>
  );
}

function Who({ session: { key_id, key_name, current } }: { readonly session: Session }): ReactElement {
  return (
    <>
      {key_id === null ? 'Bootstrap key' : <PageLink to={`/api-keys/${key_id}`}>{key_name ?? key_id}</PageLink>} {current && <Badge color="blue">This one</Badge>}
    </>
  );
}

function EndSession({ session, onClose }: { readonly session: Session; readonly onClose: () => void }): ReactElement {
  const revoke = useChange('revokeSession', ['listSessions', 'readAuditLog']);
  const confirm = (): void =>
    revoke.mutate(
      { id: session.session_id },
      {
        onSuccess: () => {
          notify('success', 'The session is ended.');
          onClose();
        },
      },
    );
  return (
    <ConfirmDialog title="End this session?" verb="End session" busy={revoke.isPending} error={revoke.error} onConfirm={confirm} onClose={onClose}>
      <Box variant="p">
        {session.current ? 'It is your own: you will have to sign in again.' : 'Whoever uses it has to sign in again.'} The key stays in force: to keep somebody out,
        revoke or disable the key.
      </Box>
    </ConfirmDialog>
  );
}
