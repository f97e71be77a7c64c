/** The console as a whole: what every page finds around it. */
import { I18nProvider } from '@cloudscape-design/components/i18n';
import messages from '@cloudscape-design/components/i18n/messages/all.en';
import { QueryClientProvider } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { RouterProvider } from 'react-router';
import { makeQueryClient } from './gateway/query-client.js';
import type { RuntimeConfig } from './gateway/runtime-config.js';
import { makeRouter } from './routes.js';
import { RuntimeConfigContext } from './shell/runtime-config-context.js';

export function Console({ config }: { readonly config: RuntimeConfig }): ReactElement {
  const [queryClient] = useState(makeQueryClient);
  const [router] = useState(makeRouter);
  return (
    <I18nProvider locale="en" messages={[messages]}>
      <RuntimeConfigContext value={config}>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </RuntimeConfigContext>
    </I18nProvider>
  );
}
