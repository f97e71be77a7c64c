/** Hooks over the typed client: a read that is kept, and a change after which what was read is asked for again. */
import { keepPreviousData, useMutation, useQuery, useQueryClient, type UseMutationResult, type UseQueryResult } from '@tanstack/react-query';
import type { OperationId } from '../../../lambdas/contract/operations.js';
import { call, type CallOptions } from './gateway.js';
import type { AnswerOf } from './operation-types.js';

export interface ReadOptions<Id extends OperationId> extends Pick<CallOptions<Id>, 'id' | 'query'> {
  /** Asks again after so many milliseconds, for as long as the page is looked at. */
  readonly every?: number | false;
  readonly enabled?: boolean;
  /** Shows the answer before while the next one comes, such as of another filter. */
  readonly keepPrevious?: boolean;
}

export function useRead<Id extends OperationId>(id: Id, { every = false, enabled = true, keepPrevious = false, ...options }: ReadOptions<Id> = {}): UseQueryResult<AnswerOf<Id>> {
  return useQuery<AnswerOf<Id>>({
    queryKey: [id, options],
    queryFn: ({ signal }) => call(id, { ...options, signal }),
    refetchInterval: every,
    enabled,
    placeholderData: keepPrevious ? keepPreviousData : undefined,
  });
}

/** A change. Afterwards everything that `stale` names is read again. */
export function useChange<Id extends OperationId>(id: Id, stale: readonly OperationId[] = []): UseMutationResult<AnswerOf<Id>, Error, CallOptions<Id>> {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (options: CallOptions<Id>) => call(id, options),
    onSuccess: async () => {
      await Promise.all(stale.map((one) => queries.invalidateQueries({ queryKey: [one] })));
    },
  });
}
