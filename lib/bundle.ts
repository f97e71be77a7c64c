/**
 * A function's bundle, built by esbuild in this process. The CDK's own NodejsFunction asks npm for esbuild each time, which
 * takes longer than the bundling; what comes out is the same.
 */
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(__dirname, '..');

/**
 * @param entry file of the handler
 * @param besides script that puts further files into the folder that it is called with
 */
export function bundle(entry: string, besides: string | undefined): Code {
  return Code.fromAsset(root, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('never used: esbuild runs here'),
      // The CDK takes assets for the same by these words.
      command: [entry, besides ?? ''],
      local: {
        tryBundle(directory) {
          buildSync({
            entryPoints: [entry],
            outfile: join(directory, 'index.js'),
            absWorkingDir: root,
            // Everything is bundled: what runs here and there is what package-lock.json names.
            bundle: true,
            minify: true,
            platform: 'node',
            target: 'node20',
            format: 'cjs',
            mainFields: ['module', 'main'],
            alias: { '@aws-sdk/credential-provider-node': join(root, 'lambdas/platform/function-credentials.ts') },
            logLevel: 'warning',
          });
          if (besides !== undefined) execFileSync(process.execPath, [besides, directory], { stdio: ['ignore', 'inherit', 'inherit'] });
          return true;
        },
      },
    },
  });
}
