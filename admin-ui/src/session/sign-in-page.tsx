/** The first thing that an administrator sees. The address stays, so that they arrive where they wanted to go. */
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, type ReactElement } from 'react';
import { useRuntimeConfig } from '../shell/runtime-config-context.js';
import { SignInForm } from './sign-in-form.js';

export function SignInPage({ onSignedIn }: { readonly onSignedIn: () => void }): ReactElement {
  const { stage } = useRuntimeConfig();
  useEffect(() => {
    document.title = 'Sign in · Admin Console · Faxbot';
  }, []);
  return (
    <main className="sign-in">
      <SpaceBetween size="l">
        <Container
          header={
            <Header variant="h1" description={`Faxbot, stage ${stage}`}>
              Admin Console
            </Header>
          }
        >
          <SignInForm onSignedIn={onSignedIn} />
        </Container>
        <ExpandableSection headerText="Where is my admin key?">
          <Box variant="p">
            With <span className="mono">npm start</span> it is printed once and kept in <span className="mono">.local/bootstrap-admin-key</span>. In AWS, run
            the command that the stack prints as <span className="mono">BootstrapKeyCommand</span>.
          </Box>
          <Box variant="p">The bootstrap key ends with the first admin key that has no expiry: from then on, sign in with an admin key of your own.</Box>
        </ExpandableSection>
      </SpaceBetween>
    </main>
  );
}
