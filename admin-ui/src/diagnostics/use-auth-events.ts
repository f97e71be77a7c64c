/** The history of sign-ins, page by page; the newest is asked for again while it is live. */
import { useInfiniteQuery, type UseInfiniteQueryResult } from '@tanstack/react-query';
import type { AuthOutcome } from '../../../lambdas/contract/auth-outcomes.js';
import { call } from '../gateway/gateway.js';
import type { AuthEvent } from '../gateway/operation-types.js';

interface Wanted {
  readonly keyId: string | undefined;
  readonly outcome: AuthOutcome | undefined;
  readonly live: boolean;
}

export function useAuthEvents({ keyId, outcome, live }: Wanted): UseInfiniteQueryResult<AuthEvent[]> {
  return useInfiniteQuery({
    queryKey: ['listAuthEvents', { keyId, outcome }],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => call('listAuthEvents', { query: { key_id: keyId, outcome, cursor: pageParam }, signal }),
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
    refetchInterval: live ? 4_000 : false,
  });
}
