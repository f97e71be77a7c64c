/** The fields of a key, for creating and for editing it. */
import Container from '@cloudscape-design/components/container';
import DatePicker from '@cloudscape-design/components/date-picker';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import type { ReactElement } from 'react';
import { defaultTier, tiers } from '../../../lambdas/contract/tiers.js';
import { useIsAdmin, useMe } from '../session/me.js';
import { exactTime } from '../shell/time.js';
import { expiryChoices, type KeyDraft } from './key-draft.js';
import type { Problems } from './key-problems.js';
import { ScopeChecklist } from './scope-checklist.js';

export interface KeyFieldsProps {
  readonly draft: KeyDraft;
  readonly problems: Problems;
  /** Of an existing key: when it ends now. Undefined for a new one. */
  readonly currentExpiry?: string | null;
  readonly onChange: (change: Partial<KeyDraft>) => void;
}

export function KeyFields(props: KeyFieldsProps): ReactElement {
  const { draft, problems, currentExpiry, onChange } = props;
  const isNew = currentExpiry === undefined;
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">What it is for</Header>}>
        <SpaceBetween size="l">
          <FormField label="Name" description="So that you recognize it, such as the client that uses it." errorText={problems['name']}>
            <Input value={draft.name} autoFocus={isNew} onChange={({ detail }) => onChange({ name: detail.value })} placeholder="billing" />
          </FormField>
          <ScopeChecklist chosen={draft.scopes} problem={problems['scopes']} onChange={(scopes) => onChange({ scopes })} />
          {isNew && <Owner draft={draft} problem={problems['owner']} onChange={onChange} />}
        </SpaceBetween>
      </Container>
      <Container header={<Header variant="h2">How long, and from where</Header>}>
        <SpaceBetween size="l">
          <Expiry {...props} />
          <FormField
            label={optional('IP ranges')}
            description="Addresses from which it may be used, one a line. Without any: from everywhere."
            constraintText="Such as 203.0.113.0/24, 2001:db8::/32, or a single address"
            errorText={problems['allowed_ips']}
          >
            <Textarea rows={2} value={draft.ranges} spellcheck={false} onChange={({ detail }) => onChange({ ranges: detail.value })} />
          </FormField>
        </SpaceBetween>
      </Container>
      <Container header={<Header variant="h2">Limits and notes</Header>}>
        <SpaceBetween size="l">
          <FormField label="Tier" description="The usage plan: rate, burst and quota." errorText={problems['tier']}>
            <Select
              options={tiers.map((tier) => ({ value: tier, label: tier, ...(tier === defaultTier ? { tags: ['the usual one'] } : {}) }))}
              selectedOption={{ value: draft.tier, label: draft.tier }}
              onChange={({ detail }) => onChange({ tier: tiers.find((tier) => tier === detail.selectedOption.value) ?? draft.tier })}
            />
          </FormField>
          <FormField label={optional('Note')} description="Who asked for it, and whom to ask before it goes. No secrets." errorText={problems['note']}>
            <Textarea rows={2} value={draft.note} onChange={({ detail }) => onChange({ note: detail.value })} />
          </FormField>
          <ExpandableSection headerText="More limits" defaultExpanded={draft.perMinute !== '' || draft.rotateEveryDays !== ''}>
            <SpaceBetween size="l">
              <FormField label={optional('Requests per minute')} description="An exact limit of its own, instead of its tier's." errorText={problems['requests_per_minute']}>
                <Input value={draft.perMinute} inputMode="numeric" onChange={({ detail }) => onChange({ perMinute: detail.value })} />
              </FormField>
              <FormField label={optional('Rotate every … days')} description="Reminders and advice follow it." errorText={problems['rotate_every_days']}>
                <Input value={draft.rotateEveryDays} inputMode="numeric" onChange={({ detail }) => onChange({ rotateEveryDays: detail.value })} />
              </FormField>
            </SpaceBetween>
          </ExpandableSection>
        </SpaceBetween>
      </Container>
    </SpaceBetween>
  );
}

function Owner({ draft, problem, onChange }: Pick<KeyFieldsProps, 'draft' | 'onChange'> & { readonly problem: string | undefined }): ReactElement | null {
  const me = useMe();
  const administers = useIsAdmin();
  if (!administers) return null;
  return (
    <FormField label={optional('Owner')} description="Whose faxes it sends and sees. Keys of one owner share their faxes; it never changes later." errorText={problem}>
      <Input value={draft.owner} placeholder={me.owner} onChange={({ detail }) => onChange({ owner: detail.value })} />
    </FormField>
  );
}

function Expiry({ draft, problems, currentExpiry, onChange }: KeyFieldsProps): ReactElement {
  const keep = currentExpiry === undefined ? [] : [{ value: 'keep', label: currentExpiry === null ? 'As it is: never' : `As it is: ${exactTime(currentExpiry)}` }];
  const choices = [...keep, ...expiryChoices];
  return (
    <>
      <FormField
        label="Expires"
        description="A key that ends by itself is one that nobody has to remember. You are reminded before."
        errorText={draft.expiry === 'date' ? undefined : problems['expires_at']}
      >
        <Select
          options={choices}
          selectedOption={choices.find(({ value }) => value === draft.expiry) ?? null}
          onChange={({ detail }) => onChange({ expiry: detail.selectedOption.value ?? draft.expiry })}
        />
      </FormField>
      {draft.expiry === 'date' && (
        <FormField label="Last day" constraintText="YYYY/MM/DD; until the end of that day" errorText={problems['expires_at']}>
          <DatePicker
            value={draft.date}
            placeholder="YYYY/MM/DD"
            expandToViewport
            isDateEnabled={(date) => date.getTime() > Date.now() - 86_400_000}
            onChange={({ detail }) => onChange({ date: detail.value })}
          />
        </FormField>
      )}
    </>
  );
}

function optional(label: string): ReactElement {
  return (
    <span>
      {label} <i>- optional</i>
    </span>
  );
}
