/** A CDK cloud assembly on disk: which stack it holds, its template, and the folders of its file assets. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { DeploymentError, parseTemplate, type Template } from './template.js';

const manifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      environment: z.string().optional(),
      displayName: z.string().optional(),
      properties: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
});

const assetManifestSchema = z.object({
  files: z
    .record(
      z.string(),
      z.object({
        source: z.object({ path: z.string().optional(), packaging: z.string().optional(), executable: z.unknown().optional() }),
        destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
      }),
    )
    .default({}),
});

export interface Assembly {
  readonly directory: string;
  readonly stackName: string;
  /** From the stack's environment, or undefined where the stack is not tied to one. */
  readonly region: string | undefined;
  readonly template: Template;
  /** S3 object key in the asset bucket → path of the asset's folder or file on this disk. */
  readonly assets: ReadonlyMap<string, string>;
}

/**
 * Reads the one stack of a cloud assembly.
 * @param folder the one that holds manifest.json
 * @throws DeploymentError where there is no assembly, not exactly one stack, or a stack tied to an account
 */
export function readAssembly(folder: string): Assembly {
  const directory = resolve(folder);
  if (!existsSync(join(directory, 'manifest.json')))
    throw new DeploymentError([`${directory} is no cloud assembly: it has no manifest.json.`]);
  const manifest = manifestSchema.parse(readJson(join(directory, 'manifest.json')));
  const artifacts = Object.entries(manifest.artifacts);
  const stacks = artifacts.filter(([, artifact]) => artifact.type === 'aws:cloudformation:stack');
  const [stack] = stacks;
  if (stack === undefined || stacks.length !== 1)
    throw new DeploymentError([`${directory} holds ${stacks.length} stacks; the local cloud runs exactly one.`]);
  const [stackId, stackArtifact] = stack;
  const { templateFile, stackName } = z
    .object({ templateFile: z.string(), stackName: z.string().optional() })
    .parse(stackArtifact.properties ?? {});
  const assets = new Map<string, string>();
  for (const [, artifact] of artifacts) {
    if (artifact.type !== 'cdk:asset-manifest') continue;
    const { file } = z.object({ file: z.string() }).parse(artifact.properties ?? {});
    for (const asset of Object.values(assetManifestSchema.parse(readJson(join(directory, file))).files)) {
      if (asset.source.path === undefined) continue;
      for (const destination of Object.values(asset.destinations))
        assets.set(destination.objectKey, join(directory, asset.source.path));
    }
  }
  return {
    directory,
    stackName: stackName ?? stackId,
    region: regionOf(stackArtifact.environment),
    template: parseTemplate(readJson(join(directory, templateFile))),
    assets,
  };
}

function regionOf(environment: string | undefined): string | undefined {
  const [account, region] = (environment ?? 'aws://unknown-account/unknown-region').replace('aws://', '').split('/');
  if (account !== undefined && account !== 'unknown-account' && account !== '000000000000')
    throw new DeploymentError([
      `the stack is tied to account ${account}; the local cloud is account 000000000000. Leave \`env.account\` out, or take it from CDK_DEFAULT_ACCOUNT.`,
    ]);
  return region === undefined || region === 'unknown-region' ? undefined : region;
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
