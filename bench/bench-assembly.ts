/** The stack as it would be deployed, synthesized for the benches: where the bundle of each function lies. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { readAssembly } from '../local/cloud/assembly.js';
import { synthesize } from '../local/synthesize.js';
import { functionEnvironments, type FunctionName } from '../lambdas/contract/environment.js';

export const root = join(__dirname, '..');

/** A page takes no time, so that no bench waits for the sandbox's line, and no native keys are made meanwhile; nothing else differs from a default deployment. */
export const benchContext = { sandboxSecondsPerPage: '0', removalPolicy: 'destroy', nativeKeyPool: '0' } as const;

const functionProperties = z.object({
  Code: z.object({ S3Key: z.string() }),
  Environment: z.object({ Variables: z.object({ POWERTOOLS_SERVICE_NAME: z.string() }) }),
});

export interface BenchAssembly {
  readonly directory: string;
  /** Function → the folder of its bundle. */
  readonly bundles: ReadonlyMap<FunctionName, string>;
}

let current: Promise<BenchAssembly> | undefined;

/** Synthesizes once a run, and only where a source has changed since the last one. */
export function benchAssembly(): Promise<BenchAssembly> {
  return (current ??= read());
}

/** @throws Error where the stack has no such function */
export async function bundleOf(name: FunctionName): Promise<string> {
  const folder = (await benchAssembly()).bundles.get(name);
  if (folder === undefined) throw new Error(`The stack has no function ${name}`);
  return folder;
}

async function read(): Promise<BenchAssembly> {
  mkdirSync(join(root, '.local'), { recursive: true });
  const { directory } = await synthesize(root, join(root, '.local', 'bench-assembly'), benchContext);
  const { template, assets } = readAssembly(directory);
  const bundles = new Map<FunctionName, string>();
  for (const resource of Object.values(template.Resources)) {
    if (resource.Type !== 'AWS::Lambda::Function') continue;
    const ours = functionProperties.safeParse(resource.Properties).data;
    // The CDK's own function, which puts the console's files into their bucket, is none of ours.
    if (ours === undefined) continue;
    const { Code, Environment } = ours;
    const name = Environment.Variables.POWERTOOLS_SERVICE_NAME;
    const folder = assets.get(Code.S3Key);
    if (isFunctionName(name) && folder !== undefined) bundles.set(name, folder);
  }
  return { directory, bundles };
}

function isFunctionName(name: string): name is FunctionName {
  return Object.hasOwn(functionEnvironments, name);
}
