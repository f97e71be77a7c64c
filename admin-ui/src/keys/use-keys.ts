/** All keys, a thousand at a time: filters and order work on what is loaded. */
import { useInfiniteQuery, type UseInfiniteQueryResult } from '@tanstack/react-query';
import { callWithHeaders } from '../gateway/gateway.js';
import type { ApiKey } from '../gateway/operation-types.js';

/** How many the gateway gives at most at once. */
const pageLength = 1_000;

export type KeysQuery = UseInfiniteQueryResult<readonly ApiKey[]>;

export function useKeys(): KeysQuery {
  return useInfiniteQuery({
    queryKey: ['listApiKeys', 'pages'],
    initialPageParam: '',
    queryFn: async ({ pageParam, signal }) => {
      const { body, headers } = await callWithHeaders('listApiKeys', { query: { limit: pageLength, cursor: pageParam }, signal });
      return { keys: body, next: headers.get('X-Next-Cursor') ?? undefined };
    },
    getNextPageParam: ({ next }) => next,
    select: ({ pages }): readonly ApiKey[] => pages.flatMap(({ keys }) => keys),
    refetchInterval: 30_000,
  });
}
