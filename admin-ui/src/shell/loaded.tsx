/** What was asked for, once it is there; until then that it is coming, or why it does not. */
import Box from '@cloudscape-design/components/box';
import Spinner from '@cloudscape-design/components/spinner';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactElement, ReactNode } from 'react';
import { Problem } from './problem.js';

export interface LoadedProps<T> {
  readonly query: UseQueryResult<T>;
  /** Such as `the key`. */
  readonly what: string;
  readonly children: (data: T) => ReactNode;
}

export function Loaded<T>({ query, what, children }: LoadedProps<T>): ReactElement {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error !== null) return <Problem error={query.error} title={`Could not read ${what}`} retry={() => void query.refetch()} />;
  return (
    <Box textAlign="center" padding="xxl" color="text-status-inactive">
      <Spinner /> Loading {what}
    </Box>
  );
}
