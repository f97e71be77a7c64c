/** The help beside Send Fax: the same request for a script, one click to copy. */
import Box from '@cloudscape-design/components/box';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import HelpPanel from '@cloudscape-design/components/help-panel';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import type { ReactElement } from 'react';
import { curlExample, nodeExample, pythonExample, statusExample, type FormRequest } from './request-examples.js';

export function RequestExample({ request, keyName }: { readonly request: FormRequest; readonly keyName: string }): ReactElement {
  return (
    <HelpPanel header={<h2>This request as a script</h2>}>
      <SpaceBetween size="m">
        <Box variant="p">
          The same fax, sent by a program. The key stays out of it: put it into the environment first, here that of <b>{keyName}</b>.
        </Box>
        <Example name="API_KEY" code="export API_KEY=fbk_live_..." />
        <Tabs
          ariaLabel="Languages"
          tabs={[
            {
              id: 'curl',
              label: 'curl',
              content: (
                <SpaceBetween size="s">
                  <Example name="curl" code={curlExample(request)} />
                  <Example name="status" code={statusExample()} />
                </SpaceBetween>
              ),
            },
            { id: 'node', label: 'Node', content: <Example name="Node" code={nodeExample(request)} /> },
            { id: 'python', label: 'Python', content: <Example name="Python" code={pythonExample(request)} /> },
          ]}
        />
      </SpaceBetween>
    </HelpPanel>
  );
}

function Example({ name, code }: { readonly name: string; readonly code: string }): ReactElement {
  return (
    <SpaceBetween size="xxs">
      <div className="code" role="region" tabIndex={0} aria-label={`The ${name} example`}>
        {code}
      </div>
      <CopyToClipboard
        copyButtonText={`Copy ${name}`}
        copyButtonAriaLabel={`Copy ${name}`}
        copySuccessText="Copied"
        copyErrorText="Could not copy"
        textToCopy={code}
      />
    </SpaceBetween>
  );
}
