/** An address that the console does not have. */
import Box from '@cloudscape-design/components/box';
import type { ReactElement } from 'react';
import { Page } from './page.js';
import { PageLink } from './page-link.js';

export function NotFound(): ReactElement {
  return (
    <Page title="There is no such page">
      <Box variant="p">
        The address may be mistyped, or of another version of the console. <PageLink to="/">To the start</PageLink>
      </Box>
    </Page>
  );
}
