/** Send Fax: a number, a document, a key, and then the job as it moves. */
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FileUpload from '@cloudscape-design/components/file-upload';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Link from '@cloudscape-design/components/link';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMemo, type SubmitEvent, type ReactElement } from 'react';
import { useFrame } from '../shell/frame.js';
import { Page } from '../shell/page.js';
import { SendProblem } from './send-problem.js';
import { KeyChoice } from './key-choice.js';
import { RequestExample } from './request-example.js';
import { exampleFile, exampleNumber } from './request-examples.js';
import { SentFax } from './sent-fax.js';
import { useFaxForm } from './use-fax-form.js';
import { useRuntimeConfig } from '../shell/runtime-config-context.js';

const pageHelp = 'PDF or plain text, up to 4 MB';

export function SendFaxPage(): ReactElement {
  const form = useFaxForm();
  const { setHelpOpen } = useFrame();
  const { apiBase } = useRuntimeConfig();
  const { file, number, keyName, pages, sending, sent, progress } = form;
  const [to, fileName] = [number ?? exampleNumber, file?.name ?? exampleFile];
  const help = useMemo(
    () => <RequestExample keyName={keyName} request={{ base: new URL(apiBase, location.origin).href, to, fileName }} />,
    [apiBase, keyName, to, fileName],
  );
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    form.submit();
  };
  return (
    <Page
      title="Send Fax"
      description="Queue a fax as a client would, with the key of your choice."
      help={help}
      helpOpen
      info={
        <Link variant="info" ariaLabel="Show this request as a script" onFollow={() => setHelpOpen(true)}>
          As a script
        </Link>
      }
    >
      <SpaceBetween size="l">
        {sent !== undefined && <SentFax key={sent.fax.id} {...sent} onAnother={form.again} />}
        <form onSubmit={submit} aria-label="Send Fax" noValidate>
          <Form
            actions={
              <Button variant="primary" loading={sending} loadingText="Sending">
                Send Fax
              </Button>
            }
          >
            <Container>
              <SpaceBetween size="l">
                <KeyChoice chosen={form.key} problem={form.problems.key} onChange={form.chooseKey} />
                <FormField
                  label="Fax number"
                  description="With the country's code, such as +1 555 123 4567."
                  constraintText={number === undefined || form.problems.to !== undefined ? undefined : `Dials ${number}`}
                  errorText={form.problems.to}
                >
                  <Input type="text" inputMode="tel" autoComplete="tel" value={form.to} placeholder={exampleNumber} onChange={({ detail }) => form.setTo(detail.value)} onBlur={form.leaveTo} />
                </FormField>
                <FormField label="Document" description="Choose it, or drop it on this page.">
                  <FileUpload
                    value={file === undefined ? [] : [file]}
                    accept="application/pdf,text/plain,.pdf,.txt"
                    showFileSize
                    showFileLastModified
                    constraintText={pages === undefined ? pageHelp : `${pages} ${pages === 1 ? 'page' : 'pages'}, by what the PDF says`}
                    errorText={form.problems.file}
                    onChange={({ detail }) => form.chooseFile(detail.value[0])}
                    i18nStrings={{
                      uploadButtonText: () => (file === undefined ? 'Choose a file' : 'Choose another file'),
                      dropzoneText: () => 'Drop the document here',
                      removeFileAriaLabel: (_index, name) => `Remove ${name}`,
                      errorIconAriaLabel: 'Error',
                      warningIconAriaLabel: 'Warning',
                    }}
                  />
                </FormField>
                {sending && <ProgressBar value={Math.round(progress * 100)} label="Uploading" description={progress === 1 ? 'The gateway checks the document' : undefined} />}
                {form.error !== null && <SendProblem error={form.error} keyName={keyName} />}
              </SpaceBetween>
            </Container>
          </Form>
        </form>
      </SpaceBetween>
    </Page>
  );
}
