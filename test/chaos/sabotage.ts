/** Takes out of the gateway what keeps its promises, to show that a run without it fails. */
import { readFileSync, writeFileSync } from 'node:fs';
import { bundleFile, replaceHandler } from '../e2e/stack-resources.js';

/** The sender's writes stand under no condition any more: whoever wants to claim a job has it. @throws Error where that is not found once */
export function takeOutTheClaim(assembly: string): void {
  const file = bundleFile(assembly, 'fax-sender');
  const parts = readFileSync(file, 'utf8').split('"revision = :previous"');
  if (parts.length !== 2) throw new Error(`The condition of the claim stands ${parts.length - 1} times in ${file}`);
  writeFileSync(file, parts.join('"attribute_exists(id) OR revision = :previous"'));
}

/** Nobody looks at what was left lying. */
export function takeOutTheSweeper(assembly: string): void {
  replaceHandler(assembly, 'sweeper', 'return {};');
}
