/**
 * A form of the "AWS query" protocol as a tree: the dots in a name are its branches.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
import { AwsError } from '../cloud/service.js';

export interface FormBranch {
  text?: string;
  readonly branches: Map<string, FormBranch>;
}

export interface QueryForm {
  /** Empty where the form names none. */
  readonly action: string;
  readonly version: string | undefined;
  readonly root: FormBranch;
}

export function readForm(body: string): QueryForm {
  const root: FormBranch = { branches: new Map() };
  let action = '';
  let version: string | undefined;
  for (const [name, value] of new URLSearchParams(body)) {
    if (name === 'Action') action = value;
    else if (name === 'Version') version = value;
    else plant(root, name.split('.'), value);
  }
  return { action, version, root };
}

/**
 * The members of a list, in the order of their numbers.
 * @throws AwsError InvalidParameterValue
 */
export function numbered(list: FormBranch): readonly FormBranch[] {
  return [...list.branches]
    .sort(([one], [other]) => Number(one) - Number(other))
    .map(([number, item]) => {
      if (!/^\d+$/.test(number)) throw new AwsError('InvalidParameterValue', `A list member has the number ${number}.`, 400);
      return item;
    });
}

function plant(branch: FormBranch, [first, ...rest]: readonly string[], text: string): void {
  if (first === undefined) {
    branch.text = text;
    return;
  }
  const next = branch.branches.get(first) ?? { branches: new Map<string, FormBranch>() };
  branch.branches.set(first, next);
  plant(next, rest, text);
}
