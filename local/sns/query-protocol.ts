/**
 * The wire format of SNS, "AWS query": a form in, XML out.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
import { AwsError } from '../cloud/service.js';
import { type FormBranch, numbered, readForm } from '../endpoint/query-form.js';
import { isMembers } from '../kms/aws-json.js';
import { element, textElement } from '../s3/xml.js';

/** @throws AwsError InvalidParameter */
export function parseQuery(body: string): { readonly operation: string; readonly input: object } {
  const { action, version, root } = readForm(body);
  if (version !== undefined && version !== '2010-03-31')
    throw new AwsError('InvalidParameter', `Invalid parameter: the API version ${version}`, 400);
  return { operation: action, input: structure(root) };
}

/** A list comes as `member.1`, a map as `entry.1` with a Name and a Value. */
function structure(branch: FormBranch): Record<string, unknown> {
  return Object.fromEntries([...branch.branches].map(([name, child]) => [name, valueOf(child)]));
}

function valueOf(branch: FormBranch): unknown {
  const [members, entries] = [branch.branches.get('member'), branch.branches.get('entry')];
  if (members !== undefined) return numbered(members).map(valueOf);
  if (entries !== undefined)
    return Object.fromEntries(
      numbered(entries).map((entry) => {
        const value = entry.branches.get('Value');
        return [entry.branches.get('Name')?.text ?? '', value === undefined ? undefined : valueOf(value)];
      }),
    );
  return branch.branches.size > 0 ? structure(branch) : (branch.text ?? '');
}

/** The XML of an answer. `Attributes` is a map; every other object is a structure. */
export function queryAnswer(operation: string, answer: object, requestId: string): string {
  const result = element(`${operation}Result`, ...Object.entries(answer).map(([name, value]) => member(name, value)));
  const metadata = element('ResponseMetadata', textElement('RequestId', requestId));
  return `<${operation}Response xmlns="http://sns.amazonaws.com/doc/2010-03-31/">${result}${metadata}</${operation}Response>`;
}

function member(name: string, value: unknown): string {
  if (Array.isArray(value)) return element(name, ...value.map((item: unknown) => member('member', item)));
  if (!isMembers(value)) return textElement(name, String(value));
  const members = Object.entries(value);
  if (name === 'Attributes')
    return element(name, ...members.map(([key, text]) => element('entry', textElement('key', key), textElement('value', String(text)))));
  return element(name, ...members.map(([key, inner]) => member(key, inner)));
}
