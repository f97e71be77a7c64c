/** What the gateway says about a change of settings while it is typed: a moment after the last letter. */
import { useQuery } from '@tanstack/react-query';
import { call } from '../gateway/gateway.js';
import type { AnswerOf } from '../gateway/operation-types.js';
import { useSettled } from '../shell/use-settled.js';

const afterMilliseconds = 250;

export function useVerdict(values: Record<string, unknown>): AnswerOf<'validateSettings'> | undefined {
  const written = JSON.stringify(values);
  const settled = useSettled(written, afterMilliseconds);
  const verdict = useQuery({
    queryKey: ['validateSettings', settled],
    queryFn: ({ signal }) => call('validateSettings', { body: { values }, signal }),
    enabled: settled === written && written !== '{}',
  });
  return settled === written ? verdict.data : undefined;
}
