/** `npm run bundles`: judges the bundle of each function in a cloud assembly, cdk.out where none is named. Fails where one is at fault. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { functionEnvironments, type FunctionName } from '../lambdas/contract/environment.js';
import { readAssembly } from '../local/cloud/assembly.js';
import { judgeBundle } from './bundle-budget.js';

const functionProperties = z.object({
  Code: z.object({ S3Key: z.string() }),
  Environment: z.object({ Variables: z.object({ POWERTOOLS_SERVICE_NAME: z.string() }) }),
});

const { template, assets } = readAssembly(process.argv[2] ?? 'cdk.out');
const bundles = new Map<string, Buffer>();
for (const { Type, Properties } of Object.values(template.Resources)) {
  if (Type !== 'AWS::Lambda::Function') continue;
  const ours = functionProperties.safeParse(Properties).data;
  // The CDK's own function, which puts the console's files into their bucket, is no bundle of ours.
  if (ours === undefined) continue;
  const { Code, Environment } = ours;
  bundles.set(Environment.Variables.POWERTOOLS_SERVICE_NAME, readFileSync(join(assets.get(Code.S3Key) ?? '', 'index.js')));
}

for (const name of Object.keys(functionEnvironments).filter(isFunctionName)) {
  const code = bundles.get(name);
  if (code === undefined) throw new Error(`The assembly has no function ${name}`);
  const { kilobytes, budget, faults } = judgeBundle(name, code);
  if (faults.length > 0) process.exitCode = 1;
  console.log([`${name.padEnd(12)} ${kilobytes.toFixed(0).padStart(5)} KB of ${budget}`, ...faults].join('; '));
}

function isFunctionName(name: string): name is FunctionName {
  return Object.hasOwn(functionEnvironments, name);
}
