/** Clients who send faxes through POST /fax, and ask again with the same Idempotency-Key where they got no answer. */
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { faxForm } from '../e2e/gateway-client.js';
import type { PlannedFax } from './plan.js';

export interface Accepted {
  readonly id: string;
  readonly to: string;
}

export interface Clients {
  /** Repeats what got no answer, until each fax has been accepted. @throws Error where one never is */
  sendAll(faxes: readonly PlannedFax[], onAccepted: (count: number) => void): Promise<readonly Accepted[]>;
  /** Requests that got no answer, or one that is no 202. */
  readonly repeated: number;
}

/** So many clients at a time. */
const atOnce = 24;
/** A client that asked so often has found something that does not pass. */
const mostTries = 150;
const patienceMilliseconds = 15_000;

const acceptedShape = z.object({ id: z.string() });

/** @param gateway where it is now; waits while it is being started again */
export function clientsOf(gateway: () => Promise<string>, key: string, runId: string): Clients {
  let repeated = 0;

  async function request(method: string, path: string, init: { readonly body?: FormData; readonly headers?: Record<string, string> }): Promise<{ readonly status: number; readonly text: string } | undefined> {
    try {
      const answer = await fetch(`${await gateway()}${path}`, { method, ...init, headers: { 'X-API-Key': key, ...init.headers }, signal: AbortSignal.timeout(patienceMilliseconds) });
      return { status: answer.status, text: await answer.text() };
    } catch {
      return undefined;
    }
  }

  async function send({ to, cancelled }: PlannedFax, index: number): Promise<Accepted> {
    for (let tries = 0; tries < mostTries; tries += 1) {
      const answer = await request('POST', '/fax', { body: faxForm(to), headers: { 'Idempotency-Key': `${runId}-${index}` } });
      if (answer?.status === 202) {
        const { id } = acceptedShape.parse(JSON.parse(answer.text));
        // Once, whatever becomes of it: a wish.
        if (cancelled) await request('POST', `/fax/${id}/cancel`, {});
        return { id, to };
      }
      repeated += 1;
      await pause(200);
    }
    throw new Error(`The fax to ${to} was never accepted`);
  }

  return {
    async sendAll(faxes, onAccepted) {
      const accepted: Accepted[] = [];
      const left = [...faxes.entries()].values();
      const client = async (): Promise<void> => {
        for (const [index, fax] of left) {
          accepted.push(await send(fax, index));
          onAccepted(accepted.length);
        }
      };
      await Promise.all(Array.from({ length: atOnce }, client));
      return accepted;
    },
    get repeated() {
      return repeated;
    },
  };
}
