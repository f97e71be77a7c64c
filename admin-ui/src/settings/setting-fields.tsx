/** The fields of the settings, each with the gateway's own words. */
import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Toggle from '@cloudscape-design/components/toggle';
import type { ReactElement } from 'react';
import { tiers } from '../../../lambdas/contract/tiers.js';
import type { Settings } from '../gateway/operation-types.js';
import { inWords, valueOf, type SettingDraft, type SettingField } from './setting-draft.js';

interface FieldProps {
  readonly field: SettingField;
  readonly settings: Settings;
  readonly draft: SettingDraft;
  readonly problem: string | undefined;
  readonly onChange: (change: SettingDraft) => void;
}

export function SettingInput(props: FieldProps): ReactElement {
  const { field, problem } = props;
  return (
    <FormField
      label={<span className="mono">{field.name}</span>}
      description={field.description}
      constraintText={constraint(field)}
      errorText={problem}
      warningText={field.locked ?? undefined}
      stretch={field.type === 'tier_numbers'}
    >
      <Control {...props} />
    </FormField>
  );
}

function Control(props: FieldProps): ReactElement {
  switch (props.field.type) {
    case 'switch':
      return <Switch {...props} />;
    case 'number':
      return <NumberInput {...props} />;
    case 'tier_numbers':
      return <TierInputs {...props} />;
  }
}

function Switch({ field, settings, draft, onChange }: FieldProps): ReactElement {
  const value = draft[field.name] ?? valueOf(settings, field.name);
  return (
    <Toggle checked={value === true} disabled={field.locked !== null} ariaLabel={field.name} onChange={({ detail }) => onChange({ [field.name]: detail.checked })}>
      {value === true ? 'true' : 'false'}
    </Toggle>
  );
}

function NumberInput({ field, settings, draft, onChange }: FieldProps): ReactElement {
  const value = draft[field.name] ?? inWords(valueOf(settings, field.name));
  return <Input value={String(value)} inputMode="numeric" disabled={field.locked !== null} onChange={({ detail }) => onChange({ [field.name]: detail.value })} />;
}

function TierInputs({ field, settings, draft, onChange }: FieldProps): ReactElement {
  const kept = valueOf(settings, field.name);
  const limits = new Map(typeof kept === 'object' ? Object.entries(kept) : []);
  return (
    <ColumnLayout columns={3}>
      {tiers.map((tier) => {
        const place = `${field.name}.${tier}`;
        return (
          <div key={tier}>
            <Box variant="awsui-key-label">{tier}</Box>
            <Input
              ariaLabel={`${field.name}, ${tier}`}
              value={String(draft[place] ?? limits.get(tier) ?? '')}
              placeholder="as the others"
              inputMode="numeric"
              onChange={({ detail }) => onChange({ [place]: detail.value })}
            />
          </div>
        );
      })}
    </ColumnLayout>
  );
}

function constraint({ least, most, default: usual }: SettingField): string {
  const range = least === null || most === null ? '' : `${least.toLocaleString('en')} to ${most.toLocaleString('en')}; `;
  return `${range}default: ${inWords(usual)}`;
}
