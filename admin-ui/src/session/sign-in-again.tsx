/** The session ended in the middle of something: a dialog above it signs in again, and what was begun goes on. */
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Box from '@cloudscape-design/components/box';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { connect } from '../gateway/gateway.js';
import { SignInForm } from './sign-in-form.js';

export function SignInAgain(): ReactElement | null {
  const [asked, setAsked] = useState(false);
  const waiting = useRef<((signedIn: boolean) => void)[]>([]);
  const queries = useQueryClient();
  useEffect(() => {
    connect({
      signInAgain: () =>
        new Promise((resolve) => {
          waiting.current.push(resolve);
          setAsked(true);
        }),
    });
    return () => connect({ signInAgain: () => Promise.resolve(false) });
  }, []);
  const end = (signedIn: boolean): void => {
    setAsked(false);
    for (const resolve of waiting.current.splice(0)) resolve(signedIn);
    if (signedIn) void queries.invalidateQueries();
  };
  if (!asked) return null;
  return (
    <Modal visible header="Sign in again" onDismiss={() => end(false)}>
      <SpaceBetween size="m">
        <Box variant="p">Your session has ended. Nothing that you typed is lost: after you sign in, what you began goes on.</Box>
        <SignInForm onSignedIn={() => end(true)} onCancel={() => end(false)} />
      </SpaceBetween>
    </Modal>
  );
}
