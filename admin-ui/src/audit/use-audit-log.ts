/** The audit trail, newest first, page by page; followed while somebody wants to. */
import { useInfiniteQuery, type UseInfiniteQueryResult } from '@tanstack/react-query';
import { call } from '../gateway/gateway.js';
import type { AuditEvent, QueryOf } from '../gateway/operation-types.js';

export interface AuditFilter {
  readonly q: string;
  readonly event: string;
  readonly since: string;
}

export interface AuditPages {
  readonly events: readonly AuditEvent[];
  readonly searchedBackTo: string | null;
}

export function useAuditLog(filter: AuditFilter, follow: boolean, limit = 100): UseInfiniteQueryResult<AuditPages> {
  return useInfiniteQuery({
    queryKey: ['readAuditLog', filter, limit],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => call('readAuditLog', { query: auditQuery(filter, limit, pageParam), signal }),
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    select: ({ pages }): AuditPages => ({ events: pages.flatMap(({ items }) => items), searchedBackTo: pages.at(-1)?.searched_back_to ?? null }),
    refetchInterval: follow ? 3_000 : false,
  });
}

/** The query of a filter. */
export function auditQuery(filter: AuditFilter, limit: number, cursor = ''): QueryOf<'readAuditLog'> {
  return { ...filter, limit, cursor };
}
