/** The dry run: would this key be let in, and if not, why? Nothing is sent and nothing counts. */
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Grid from '@cloudscape-design/components/grid';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type SubmitEvent, type ReactElement } from 'react';
import { isOpen, isOperationId, operationIds, operations, type OperationId } from '../../../lambdas/contract/operations.js';
import { fieldProblems } from '../gateway/gateway-error.js';
import type { ApiKey } from '../gateway/operation-types.js';
import { useChange } from '../gateway/use-gateway.js';
import { reasonWords } from '../diagnostics/reason-words.js';
import { Problem } from '../shell/problem.js';

const choices = operationIds
  .filter((id) => !isOpen(operations[id]))
  .map((id) => ({ value: id, label: operations[id].summary, description: `${operations[id].method} ${operations[id].path}` }));

export function KeyCheck({ item }: { readonly item: ApiKey }): ReactElement {
  const [operation, setOperation] = useState<OperationId>('sendFax');
  const [address, setAddress] = useState('');
  const check = useChange('checkApiKey');
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    check.mutate({ id: item.key_id, body: { operation, ...(address.trim() === '' ? {} : { source_ip: address.trim() }) } });
  };
  return (
    <Container header={<Header variant="h3" description="A dry run: nothing is sent, and nothing counts against a limit.">Would it be let in?</Header>}>
      <form onSubmit={submit} aria-label="Dry run">
        <SpaceBetween size="m">
          <Grid gridDefinition={[{ colspan: { default: 12, s: 5 } }, { colspan: { default: 12, s: 4 } }, { colspan: { default: 12, s: 3 } }]}>
            <FormField label="Request">
              <Select
                filteringType="auto"
                options={choices}
                selectedOption={choices.find(({ value }) => value === operation) ?? null}
                onChange={({ detail }) => {
                  const { value = '' } = detail.selectedOption;
                  if (isOperationId(value)) setOperation(value);
                  check.reset();
                }}
              />
            </FormField>
            <FormField label="From address" errorText={fieldProblems(check.error)['source_ip']}>
              <Input value={address} placeholder="Any" spellcheck={false} onChange={({ detail }) => setAddress(detail.value)} />
            </FormField>
            <FormField label={'\u00a0'}>
              <Button loading={check.isPending}>Check</Button>
            </FormField>
          </Grid>
          <div aria-live="polite">
            {check.data?.allowed === true && <Alert type="success">It would be let in.</Alert>}
            {check.data?.allowed === false && (
              <Alert type="error" header="It would be refused">
                {check.data.detail ?? (check.data.reason === null ? '' : reasonWords[check.data.reason].what)}
              </Alert>
            )}
            <Problem error={check.error} title="The check did not work" />
          </div>
        </SpaceBetween>
      </form>
    </Container>
  );
}
