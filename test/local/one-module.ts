/** Runs one module of the local cloud on an endpoint of its own, with real signatures and permissions that a test gives. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CloudModule, ModuleDependencies } from '../../local/cloud/module.js';
import type { CreatedResource, StackIdentity } from '../../local/cloud/resource.js';
import { AwsError, type Principal } from '../../local/cloud/service.js';
import { administratorKey, Credentials } from '../../local/endpoint/credentials.js';
import { Endpoint } from '../../local/endpoint/endpoint.js';

export const identity: StackIdentity = {
  accountId: '000000000000',
  region: 'us-east-1',
  partition: 'aws',
  stackName: 'Test',
  stackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/Test/0',
};

const role: Principal = { kind: 'role', roleArn: 'arn:aws:iam::000000000000:role/Test', functionName: 'Test' };

export interface OneModule<Module> {
  readonly module: Module;
  readonly endpointUrl: string;
  /** Client configuration of the person at the machine, and of a function's role. */
  readonly administrator: ClientConfiguration;
  readonly function: ClientConfiguration;
  /** `action resource` for all that the role was asked for. */
  readonly asked: string[];
  /** `action` or `action resource`; what is here is denied to the role. */
  readonly denied: Set<string>;
  create(type: string, properties: Readonly<Record<string, unknown>>, logicalId?: string): Promise<CreatedResource>;
  /** Closes the module and opens it again on the same state. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface ClientConfiguration {
  readonly endpoint: string;
  readonly region: string;
  readonly maxAttempts: number;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
}

/** A text that has this part, for `toMatchObject`. */
export function containing(part: string): unknown {
  return expect.stringContaining(part);
}

/** A state folder that `remove` deletes. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'local-cloud-'));
  return { path, remove: () => { rmSync(path, { recursive: true, force: true }); } };
}

export async function startOneModule<Module extends CloudModule>(open: (dependencies: ModuleDependencies) => Module): Promise<OneModule<Module>> {
  const folder = temporaryFolder();
  const credentials = new Credentials();
  const endpoint = await Endpoint.listen({ port: 0, region: identity.region, credentials });
  const asked: string[] = [];
  const denied = new Set<string>();
  const dependencies: ModuleDependencies = {
    identity,
    endpointUrl: endpoint.url,
    stateDirectory: folder.path,
    authorize(principal, action, resource) {
      if (principal.kind === 'administrator') return;
      asked.push(`${action} ${resource}`);
      if (denied.has(action) || denied.has(`${action} ${resource}`))
        throw new AwsError('AccessDeniedException', `not authorized to perform: ${action} on resource: ${resource}`, 400);
    },
  };
  let module = open(dependencies);
  const serve = (): void => { module.services.forEach((service) => { endpoint.add(service); }); };
  serve();
  const configuration = ({ accessKeyId, secretAccessKey, sessionToken }: typeof administratorKey): ClientConfiguration => ({
    endpoint: endpoint.url,
    region: identity.region,
    maxAttempts: 1,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
  });
  return {
    get module() {
      return module;
    },
    endpointUrl: endpoint.url,
    administrator: configuration(administratorKey),
    function: configuration(credentials.issue(role)),
    asked,
    denied,
    async create(type, properties, logicalId = 'Resource') {
      const found = module.resourceTypes.find((candidate) => candidate.type === type);
      if (found === undefined) throw new Error(`no resource type ${type}`);
      const enforced = Object.fromEntries(Object.entries(properties).filter(([name]) => !(name in found.inert)));
      return found.create({ logicalId, properties: enforced, generatedName: `Test-${logicalId}` });
    },
    async restart() {
      await module.close();
      module = open(dependencies);
      serve();
    },
    async close() {
      await module.close();
      await endpoint.close();
      folder.remove();
    },
  };
}
