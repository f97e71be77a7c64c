/** `npm run bundles`: the size of each function's bundle in a cloud assembly, against its budget. Fails over a budget. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const kilobyte = 1024;
const budgets: Readonly<Record<string, number>> = {
  authorizer: 60,
  // The S3 client, the form parser, the phone numbers and the text layout in one: docs/adr/0004-bundle-sizes.md.
  'fax-upload': 640,
};
const otherBudget = 400;

const template = z.object({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z.unknown().optional(), Metadata: z.unknown().optional() })),
});
const functionResource = z.object({
  Properties: z.object({ Environment: z.object({ Variables: z.object({ POWERTOOLS_SERVICE_NAME: z.string() }) }), Code: z.object({ S3Key: z.string() }) }),
});

const assembly = process.argv[2] ?? 'cdk.out';
const file = existsSync(assembly) ? readdirSync(assembly).find((name) => name.endsWith('.template.json')) : undefined;
if (file === undefined) throw new Error(`${assembly} holds no template: run npm run synth first`);
const { Resources } = template.parse(JSON.parse(readFileSync(join(assembly, file), 'utf8')));
let failed = false;
for (const resource of Object.values(Resources)) {
  const parsed = functionResource.safeParse(resource);
  if (resource.Type !== 'AWS::Lambda::Function' || !parsed.success) continue;
  const { Environment, Code } = parsed.data.Properties;
  const name = Environment.Variables.POWERTOOLS_SERVICE_NAME;
  const bundle = join(assembly, `asset.${Code.S3Key.replace('.zip', '')}`, 'index.js');
  const size = statSync(bundle).size / kilobyte;
  const budget = budgets[name] ?? otherBudget;
  const text = readFileSync(bundle, 'utf8');
  const heavy = ['aws-xray-sdk', 'ZodLocaleMap'].filter((word) => text.includes(word));
  if (size > budget || heavy.length > 0) failed = true;
  console.log(`${name.padEnd(12)} ${size.toFixed(0).padStart(5)} KB of ${budget} KB${size > budget ? '  OVER BUDGET' : ''}${heavy.length > 0 ? `  holds ${heavy.join(', ')}` : ''}`);
}
process.exitCode = failed ? 1 : 0;
