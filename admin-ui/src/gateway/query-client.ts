/** How answers are kept and asked for again. */
import { QueryClient } from '@tanstack/react-query';
import { isPassing } from './gateway.js';

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { staleTime: 5_000, retry: (failures, error) => failures < 2 && isPassing(error), networkMode: 'always' },
      mutations: { networkMode: 'always' },
    },
  });
}
