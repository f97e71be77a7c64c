/** Whether the chain of the audit trail is whole: every link follows from the one before, or somebody changed something. */
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { ReactElement } from 'react';
import { Problem } from '../shell/problem.js';
import { useVerification, type Verification } from './use-verification.js';

export function ChainStatus(): ReactElement {
  const { busy, error, found, verify } = useVerification();
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Each event carries the hash of the one before, and heads are anchored where nobody can change them."
          actions={
            <Button loading={busy} onClick={verify}>
              Verify chain
            </Button>
          }
        >
          Chain
        </Header>
      }
    >
      <SpaceBetween size="s">
        <div aria-live="polite">{found === undefined ? <StatusIndicator type="info">Not verified since this page was opened</StatusIndicator> : <Found found={found} />}</div>
        <Problem error={error} title="The chain could not be verified" />
      </SpaceBetween>
    </Container>
  );
}

function Found({ found }: { readonly found: Verification }): ReactElement {
  const looked = `${found.links.toLocaleString('en')} ${found.links === 1 ? 'link' : 'links'} and ${found.anchors.toLocaleString('en')} ${found.anchors === 1 ? 'anchor' : 'anchors'}`;
  if (found.broken !== null) {
    return (
      <>
        <StatusIndicator type="error">{`Broken at link ${found.broken.sequence}`}</StatusIndicator>
        <Box>{`${found.broken.detail}. ${looked} before it are right. Keep everything as it is, and follow the runbook.`}</Box>
      </>
    );
  }
  if (!found.finished) return <StatusIndicator type="in-progress">{`Right so far: ${looked}`}</StatusIndicator>;
  return <StatusIndicator type="success">{`Whole: ${looked}`}</StatusIndicator>;
}
