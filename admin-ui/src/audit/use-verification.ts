/** Verifies the chain of the audit trail from its first link to its last, in as many requests as that takes. */
import { useState } from 'react';
import { call } from '../gateway/gateway.js';
import type { AnswerOf } from '../gateway/operation-types.js';

export type Verification = AnswerOf<'verifyAuditChain'> & { readonly finished: boolean };

interface Verifying {
  readonly busy: boolean;
  readonly error: unknown;
  /** What is known so far. */
  readonly found: Verification | undefined;
  readonly verify: () => void;
}

export function useVerification(): Verifying {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [found, setFound] = useState<Verification>();
  const verify = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      let part = await call('verifyAuditChain', { body: {} });
      let total = part;
      setFound({ ...total, finished: part.continue_from === null });
      while (part.continue_from !== null) {
        part = await call('verifyAuditChain', { body: { continue_from: part.continue_from } });
        total = { ...part, from_sequence: total.from_sequence, links: total.links + part.links, anchors: total.anchors + part.anchors };
        setFound({ ...total, finished: part.continue_from === null });
      }
    } catch (cause) {
      setError(cause);
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, found, verify: () => void verify() };
}
