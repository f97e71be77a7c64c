/**
 * `npm run audit:verify`: verifies the whole audit chain of a gateway from outside of it, with AWS credentials that may read.
 * Without options it looks at the local cloud that runs in `.local`. Ends with 0 where the chain is whole, with 1 where it is
 * broken, with 2 where it could not be read.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { beginning } from '../lambdas/audit/link.js';
import { behind, faultWords } from '../lambdas/audit/verify-chain.js';
import { readAnchors, walkChain } from '../lambdas/audit/walk-chain.js';
import { auditSources, type AuditSources, type ClientConfiguration } from './audit-sources.js';

const usage = `npm run audit:verify -- --table NAME --bucket NAME [--log-group NAME] [--region REGION] [--endpoint-url URL]
The names are the stack's outputs AuditTableName, AuditAnchorsBucketName and AuditLogGroupName. Without any, the local cloud that
runs in .local is looked at.`;

// The SDK is pinned: its notice about the Node of later versions is not for whoever verifies.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

/** So much of the log before the newest anchor is read again: the clocks of functions differ a little. Milliseconds. */
const overlap = 300_000;

/** What the person asked for could not be done, in a sentence. */
class Sentence extends Error {}

const running = z.object({ endpointUrl: z.string(), outputs: z.looseObject({ AuditTableName: z.string(), AuditAnchorsBucketName: z.string(), AuditLogGroupName: z.string() }) });

interface Gateway {
  readonly table: string;
  readonly bucket: string;
  readonly logGroup: string | undefined;
  readonly configuration: ClientConfiguration;
}

function wantedGateway(): Gateway {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { table: text, bucket: text, 'log-group': text, region: text, 'endpoint-url': text } });
  const { table, bucket, 'log-group': logGroup, region = process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'], 'endpoint-url': endpoint } = values;
  if (Object.keys(values).length === 0) return localGateway();
  if (table === undefined || bucket === undefined) throw new Sentence(`Both --table and --bucket are needed.\n${usage}`);
  if (region === undefined) throw new Sentence(`The region is needed: --region, or AWS_REGION.\n${usage}`);
  return { table, bucket, logGroup, configuration: { region, ...(endpoint === undefined ? {} : { endpoint }) } };
}

function localGateway(): Gateway {
  const file = join(__dirname, '..', '.local', 'running.json');
  if (!existsSync(file)) throw new Sentence(`No local cloud is running in .local: start one (npm start), or name a gateway.\n${usage}`);
  const { endpointUrl: endpoint, outputs } = running.parse(JSON.parse(readFileSync(file, 'utf8')));
  return {
    table: outputs.AuditTableName,
    bucket: outputs.AuditAnchorsBucketName,
    logGroup: outputs.AuditLogGroupName,
    configuration: { region: 'us-east-1', endpoint, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } },
  };
}

/** What is found, in one sentence. */
async function verify(sources: AuditSources): Promise<{ readonly whole: boolean; readonly sentence: string }> {
  const known = await sources.list();
  const anchored = await readAnchors(sources, known);
  const newest = known.at(-1);
  // Read before the chain: what the log tells of by now, the chain must have by then. What is anchored needs no second witness.
  const told = await sources.logWitnesses(newest === undefined ? 0 : newest.time - overlap);
  const logged = told.filter(({ sequence }) => sequence > (newest?.sequence ?? 0));
  const witnesses = [...anchored, ...logged];
  const { step } = await walkChain(sources, behind(beginning), { witnesses, mustHave: witnesses.map(({ sequence }) => sequence), mostLinks: Infinity });
  const { previous, links } = step.progress;
  const seen = `${links} links right, held against ${anchored.length} anchors and ${logged.length} links of the audit log`;
  if (step.kind === 'broken') return { whole: false, sentence: `The audit chain is broken: link ${step.at.sequence} ${faultWords[step.at.fault]}. (${seen})` };
  if (previous === undefined || previous.sequence === 0) return { whole: true, sentence: 'The audit chain has no link yet.' };
  return { whole: true, sentence: `The audit chain is whole: ${seen}. Its newest link is ${previous.sequence}, with the hash ${previous.hash}.` };
}

async function main(): Promise<void> {
  try {
    const { configuration, ...names } = wantedGateway();
    const { whole, sentence } = await verify(auditSources(names, configuration));
    console.log(sentence);
    process.exitCode = whole ? 0 : 1;
  } catch (error) {
    console.error(error instanceof Error ? `The audit chain could not be verified. ${error instanceof Sentence ? error.message : `${error.name}: ${error.message}`}` : error);
    process.exitCode = 2;
  }
}

void main();
