/** The scopes to choose from, each with the words that explain it. What one may not grant can't be ticked. */
import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactElement } from 'react';
import { missingScopes, scopeDescriptions, scopes, type Scope } from '../../../lambdas/contract/scopes.js';
import { useMe } from '../session/me.js';

export interface ScopeChecklistProps {
  readonly chosen: readonly Scope[];
  readonly problem: string | undefined;
  readonly onChange: (chosen: readonly Scope[]) => void;
}

export function ScopeChecklist({ chosen, problem, onChange }: ScopeChecklistProps): ReactElement {
  const me = useMe();
  return (
    <FormField label="Scopes" description="As few as the client needs: more can be added later." errorText={problem} stretch>
      <SpaceBetween size="xs">
        {scopes.map((scope) => {
          const mayNot = missingScopes(me.scopes, [scope]).length > 0;
          return (
            <Checkbox
              key={scope}
              checked={chosen.includes(scope)}
              disabled={mayNot && !chosen.includes(scope)}
              description={mayNot ? `${scopeDescriptions[scope]}. Your own key lacks it, so you can't grant it.` : scopeDescriptions[scope]}
              onChange={({ detail }) => onChange(scopes.filter((one) => (one === scope ? detail.checked : chosen.includes(one))))}
            >
              {scope}
            </Checkbox>
          );
        })}
      </SpaceBetween>
    </FormField>
  );
}
