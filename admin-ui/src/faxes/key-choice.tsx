/** Which key the fax is sent with: one whose token this page knows, one that is pasted, or the session. */
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type ReactElement } from 'react';
import { keyIdOf, useHeldTokens } from '../session/held-tokens.js';
import { nameOf, useHolds, useMe } from '../session/me.js';

export interface ChosenKey {
  /** `session`, `paste`, or the id of a key whose token is held. */
  readonly choice: string;
  readonly pasted: string;
}

export interface KeyChoiceProps {
  readonly chosen: ChosenKey;
  readonly problem: string | undefined;
  readonly onChange: (chosen: ChosenKey) => void;
}

export function KeyChoice({ chosen, problem, onChange }: KeyChoiceProps): ReactElement {
  const held = useHeldTokens();
  const me = useMe();
  const sends = useHolds('fax:send');
  const options = [
    ...held.map(({ keyId, name }) => ({ value: keyId, label: name, description: `${keyId}: this page knows its token until it is reloaded` })),
    ...(sends ? [{ value: 'session', label: 'This session', description: `You, signed in as ${nameOf(me)}` }] : []),
    { value: 'paste', label: 'Another key', description: 'Paste its token; it stays in this page' },
  ];
  return (
    <SpaceBetween size="s">
      <FormField label="Key" description="The request carries the selected key: what it may not do is refused, as for any client.">
        <Select
          options={options}
          selectedOption={options.find(({ value }) => value === chosen.choice) ?? null}
          triggerVariant="option"
          onChange={({ detail }) => onChange({ ...chosen, choice: detail.selectedOption.value ?? 'paste' })}
        />
      </FormField>
      {chosen.choice === 'paste' && (
        <FormField label="Token" errorText={problem} constraintText={keyIdOf(chosen.pasted.trim()) === undefined ? 'fbk_live_<id>_<secret>' : `Key ${keyIdOf(chosen.pasted.trim())}`}>
          <Input type="password" value={chosen.pasted} autoComplete="off" spellcheck={false} placeholder="fbk_live_…" onChange={({ detail }) => onChange({ ...chosen, pasted: detail.value })} />
        </FormField>
      )}
    </SpaceBetween>
  );
}
