/** Finds resources of the synthesized template by what they are to the application. */
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { EditableTemplate, RunningLocalCloud } from './local-cloud.js';

const templateShape = z.looseObject({ Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z.looseObject({}).optional() })) });
export type Template = z.output<typeof templateShape>;

const functionShape = z.looseObject({
  Environment: z.object({ Variables: z.looseObject({ POWERTOOLS_SERVICE_NAME: z.string() }) }),
  LoggingConfig: z.looseObject({ LogGroup: z.object({ Ref: z.string() }) }),
});

export function readTemplate(assembly: string): Template {
  const file = readdirSync(assembly).find((name) => name.endsWith('.template.json'));
  return templateShape.parse(JSON.parse(readFileSync(join(assembly, file ?? ''), 'utf8')));
}

/** Logical id of the function that calls itself `name`. */
export function functionId(template: Template, name: string): string {
  const [id] =
    Object.entries(template.Resources).find(
      ([, { Type, Properties }]) => Type === 'AWS::Lambda::Function' && functionShape.safeParse(Properties).data?.Environment.Variables.POWERTOOLS_SERVICE_NAME === name,
    ) ?? [];
  if (id === undefined) throw new Error(`The template has no function ${name}`);
  return id;
}

/** Logical id of a function's own log group. */
export function logGroupId(template: Template, name: string): string {
  return functionShape.parse(template.Resources[functionId(template, name)]?.Properties).LoggingConfig.LogGroup.Ref;
}

const withVariables = z.looseObject({ Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }) });

/** Changes an environment variable of a function. @throws Error where it has none of that name */
export function changeVariable(template: EditableTemplate, name: string, variable: string, change: (value: unknown) => unknown): void {
  const resource = template.Resources[functionId(template, name)];
  const properties = withVariables.parse(resource?.Properties);
  const { Variables } = properties.Environment;
  if (resource === undefined || !Object.hasOwn(Variables, variable)) throw new Error(`${name} has no ${variable}`);
  resource.Properties = { ...properties, Environment: { Variables: { ...Variables, [variable]: change(Variables[variable]) } } };
}

/** Sets a property of a resource, by its logical id. @throws Error where there is none */
export function setProperty(template: EditableTemplate, id: string, name: string, value: unknown): void {
  const resource = template.Resources[id];
  if (resource === undefined) throw new Error(`The template has no ${id}`);
  resource.Properties = { ...resource.Properties, [name]: value };
}

const withCode = z.looseObject({ Code: z.object({ S3Key: z.string() }) });

/** The file of a function's code in an assembly. */
export function bundleFile(assembly: string, name: string): string {
  const template = readTemplate(assembly);
  const { Code } = withCode.parse(template.Resources[functionId(template, name)]?.Properties);
  return join(assembly, `asset.${Code.S3Key.replace('.zip', '')}`, 'index.js');
}

/** Gives a function a handler with this body. The assembly is a copy of one's own. */
export function replaceHandler(assembly: string, name: string, body: string): void {
  writeFileSync(bundleFile(assembly, name), `exports.handler = async () => { ${body} };`);
}

/** Every message of a log group, by its logical id. */
export async function messagesOf(cloud: RunningLocalCloud, logGroup: string): Promise<string[]> {
  const messages: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await cloud.clients.logs.send(new FilterLogEventsCommand({ logGroupName: cloud.resources[logGroup], nextToken }));
    messages.push(...(page.events ?? []).map((event) => event.message ?? ''));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return messages;
}

/** How often the sandbox's line took a fax of each job, by its own record. */
export async function callsByJob(cloud: RunningLocalCloud, template: Template): Promise<ReadonlyMap<string, number>> {
  const calls = new Map<string, number>();
  for (const message of await messagesOf(cloud, logGroupId(template, 'fax-sender'))) {
    const job = /The sandbox line takes a fax.*"attempt_id":"([0-9a-f]{32})-\d+"/.exec(message)?.[1];
    if (job !== undefined) calls.set(job, (calls.get(job) ?? 0) + 1);
  }
  return calls;
}

/** Runs the sweeper now, as its schedule does each minute. */
export async function sweepNow(cloud: RunningLocalCloud, template: Template): Promise<void> {
  await cloud.clients.lambda.send(new InvokeCommand({ FunctionName: cloud.resources[functionId(template, 'sweeper')] }));
}
