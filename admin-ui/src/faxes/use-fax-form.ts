/** The state of the form of Send Fax: what is typed, what is wrong with it, and the request. */
import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useSearchParams } from 'react-router';
import { errors } from '../../../lambdas/contract/errors.js';
import { fieldProblems, isErrorCode } from '../gateway/gateway-error.js';
import type { Fax } from '../gateway/operation-types.js';
import { withSession } from '../gateway/gateway.js';
import { holdToken, keyIdOf, useHeldTokens } from '../session/held-tokens.js';
import { nameOf, useHolds, useMe } from '../session/me.js';
import { useRuntimeConfig } from '../shell/runtime-config-context.js';
import type { ChosenKey } from './key-choice.js';
import { useNumberReader } from './use-number-reader.js';
import { countPages } from './page-count.js';
import { sendFax, type FaxToSend } from './send-fax.js';

interface SentFax {
  readonly fax: Fax;
  readonly token: string | undefined;
  readonly keyName: string;
}

export interface FaxForm {
  readonly to: string;
  /** As it will be dialled; undefined for what is no number. */
  readonly number: string | undefined;
  readonly file: File | undefined;
  readonly pages: number | undefined;
  readonly key: ChosenKey;
  readonly keyName: string;
  readonly problems: { readonly to?: string; readonly file?: string; readonly key?: string };
  readonly sending: boolean;
  readonly progress: number;
  readonly error: unknown;
  readonly sent: SentFax | undefined;
  readonly setTo: (to: string) => void;
  readonly leaveTo: () => void;
  readonly chooseFile: (file: File | undefined) => void;
  readonly chooseKey: (key: ChosenKey) => void;
  readonly submit: () => void;
  readonly again: () => void;
}

export function useFaxForm(): FaxForm {
  const { defaultCountry } = useRuntimeConfig();
  const [to, setTo] = useState('');
  const [toLeft, setToLeft] = useState(false);
  const [file, setFile] = useState<File>();
  const [tried, setTried] = useState(false);
  const [progress, setProgress] = useState(0);
  const [idempotencyKey, setIdempotencyKey] = useState(() => crypto.randomUUID());
  const pages = usePages(file);
  const choice = useKeyChoice();
  const send = useSend(setProgress);
  const readNumber = useNumberReader();
  const number = readNumber?.(to, defaultCountry);
  const refusedFields = fieldProblems(send.error);
  const problems = {
    to: numberProblem(to, readNumber === undefined ? to : number, tried || toLeft) ?? refusedFields['to'],
    file: file === undefined && tried ? 'Choose the document to fax.' : (refusedFields['file'] ?? undefined),
    key: choice.token === '' && tried ? 'Paste the token of the key.' : undefined,
  };
  const change = (): void => {
    send.reset();
    // Another fax than the one that may have arrived.
    setIdempotencyKey(crypto.randomUUID());
  };
  return {
    to,
    number,
    file,
    pages,
    key: choice.chosen,
    keyName: choice.name,
    problems,
    sending: send.isPending,
    progress,
    error: Object.keys(refusedFields).length > 0 || isErrorCode(send.error, 'invalid_number') ? withoutFields(send.error, problems) : send.error,
    sent: send.data,
    setTo: (text) => {
      setTo(text);
      change();
    },
    leaveTo: () => setToLeft(to !== ''),
    chooseFile: (chosen) => {
      setFile(chosen);
      change();
    },
    chooseKey: (key) => {
      choice.choose(key);
      change();
    },
    submit: () => {
      setTried(true);
      if (send.isPending || (readNumber !== undefined && number === undefined) || file === undefined || choice.token === '') return;
      setProgress(0);
      send.mutate({ to, file, key: choice.token, idempotencyKey, keyName: choice.name });
    },
    again: () => {
      setTo('');
      setFile(undefined);
      setTried(false);
      setToLeft(false);
      change();
    },
  };
}

function numberProblem(to: string, number: string | undefined, left: boolean): string | undefined {
  if (!left) return undefined;
  if (to.trim() === '') return 'Type the number to fax to.';
  return number !== undefined ? undefined : `This is no fax number: ${errors.invalid_number.detail}.`;
}

/** An error that already stands at its field is not said twice. */
function withoutFields(error: unknown, problems: FaxForm['problems']): unknown {
  return problems.to === undefined && problems.file === undefined ? error : null;
}

type Sending = FaxToSend & { readonly keyName: string };

function useSend(onProgress: (share: number) => void): UseMutationResult<SentFax, Error, Sending> {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ keyName, ...fax }: Sending) => {
      const accepted = fax.key === undefined ? await withSession(() => sendFax(fax, onProgress)) : await sendFax(fax, onProgress);
      return { fax: accepted, token: fax.key, keyName };
    },
    onSuccess: async (_sent, { key, keyName }) => {
      const keyId = key === undefined ? undefined : keyIdOf(key);
      if (key !== undefined && keyId !== undefined) holdToken({ keyId, name: keyName, token: key });
      await queries.invalidateQueries({ queryKey: ['listFaxJobs'] });
    },
  });
}

interface KeyChoiceState {
  readonly chosen: ChosenKey;
  readonly choose: (key: ChosenKey) => void;
  /** Undefined for the session; empty where none is pasted yet. */
  readonly token: string | undefined;
  readonly name: string;
}

/** The key that the address names, else the one that was created last, else the session. */
function useKeyChoice(): KeyChoiceState {
  const [parameters] = useSearchParams();
  const held = useHeldTokens();
  const me = useMe();
  const sends = useHolds('fax:send');
  const [chosen, choose] = useState<ChosenKey>(() => {
    const wanted = held.find(({ keyId }) => keyId === parameters.get('key')) ?? held[0];
    return { choice: wanted?.keyId ?? (sends ? 'session' : 'paste'), pasted: '' };
  });
  const one = held.find(({ keyId }) => keyId === chosen.choice);
  if (one !== undefined) return { chosen, choose, token: one.token, name: one.name };
  if (chosen.choice === 'session') return { chosen, choose, token: undefined, name: nameOf(me) };
  const pasted = chosen.pasted.trim();
  return { chosen, choose, token: pasted, name: keyIdOf(pasted) ?? 'the pasted key' };
}

function usePages(file: File | undefined): number | undefined {
  const [counted, setCounted] = useState<{ readonly file: File; readonly pages: number | undefined }>();
  useEffect(() => {
    if (file === undefined) return;
    void countPages(file).then((pages) => setCounted({ file, pages }));
  }, [file]);
  return counted !== undefined && counted.file === file ? counted.pages : undefined;
}
