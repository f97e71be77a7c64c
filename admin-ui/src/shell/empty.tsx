/** What a table shows where nothing is in it. */
import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactElement, ReactNode } from 'react';

export function Empty({ text, children }: { readonly text: string; readonly children?: ReactNode }): ReactElement {
  return (
    <Box textAlign="center" color="inherit" margin={{ vertical: 'xs' }}>
      <SpaceBetween size="m">
        <b>{text}</b>
        {children}
      </SpaceBetween>
    </Box>
  );
}
