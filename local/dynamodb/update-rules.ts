/** Update expressions that dynalite applies in another way than DynamoDB: put right where that is an order, else refused. */
import type { Operand, Path, UpdateSection } from 'dynalite/db/index.js';
import { notImplemented } from '../kms/aws-json.js';

/**
 * The sections in an order that gives DynamoDB's result. DynamoDB looks at the item as it was before the update,
 * so `REMOVE l[0], l[1]` takes the first two elements; dynalite removes one after the other.
 * @throws AwsError NotImplemented
 */
export function orderedSections(sections: readonly UpdateSection[]): UpdateSection[] {
  for (const section of sections) {
    if (section.type === 'set' && section.val !== undefined) refuseAliases(section.val, sections);
    const parent = section.path.slice(0, -1);
    const removesElement = section.type === 'remove' && typeof section.path.at(-1) === 'number';
    if (removesElement && sections.some((other) => other.type !== 'remove' && startsWith(other.path, parent)))
      throw notImplemented('an update that removes an element of a list and changes the same list');
  }
  const lastStep = ({ path }: UpdateSection): number => {
    const step = path.at(-1);
    return typeof step === 'number' ? step : -1;
  };
  return [
    ...sections.filter(({ type }) => type !== 'remove'),
    ...sections.filter(({ type }) => type === 'remove').sort((one, other) => lastStep(other) - lastStep(one)),
  ];
}

/** dynalite copies by reference: a change inside of what was copied would show in both places. */
function refuseAliases(operand: Operand, sections: readonly UpdateSection[]): void {
  if (isPath(operand)) {
    if (sections.some(({ path }) => path.length > operand.length && startsWith(path, operand)))
      throw notImplemented('an update that copies a document and changes a part of it');
  } else if ('args' in operand) for (const argument of operand.args) refuseAliases(argument, sections);
}

function startsWith(path: Path, start: Path): boolean {
  return start.every((step, index) => path[index] === step);
}

function isPath(operand: Operand): operand is Path {
  return Array.isArray(operand);
}
