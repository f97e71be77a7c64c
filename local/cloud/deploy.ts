/** Brings a template to life: plans it against the known resource types, creates each resource in order, evaluates the outputs. */
import { holdsReference, resolveReferences, type ReadSecret } from './dynamic-references.js';
import { deploymentOrder } from './order.js';
import { builtInProviders, inertParameters, inertResourceTypes, inertRules } from './inert.js';
import { IntrinsicError, isMapping, namedCondition, noValue, references, resolve, type ResolutionScope } from './intrinsics.js';
import type { CreatedResource, ResourceType, StackIdentity } from './resource.js';
import { AwsError } from './service.js';
import { DeploymentError, type Template, type TemplateResource, type TemplateValue } from './template.js';

export interface Deployment {
  /** What `Ref` gives, by logical id: mostly the physical name. */
  readonly resources: ReadonlyMap<string, CreatedResource>;
  readonly outputs: Readonly<Record<string, string>>;
}

/**
 * Creates every resource of the template.
 * @param readSecret for dynamic references; without it they are errors
 * @throws DeploymentError with every problem that can be seen before anything is created; else with the resource that failed
 */
export async function deploy(
  template: Template,
  identity: StackIdentity,
  resourceTypes: readonly ResourceType[],
  readSecret: ReadSecret = noSecrets,
): Promise<Deployment> {
  const types = new Map<string, ResourceType>(resourceTypes.map((type) => [type.type, type]));
  const parameters = parameterValues(template);
  const created = new Map<string, CreatedResource>();
  const scope: ResolutionScope = {
    identity,
    template,
    parameters,
    resource: (logicalId) => {
      const found = created.get(logicalId);
      if (found === undefined) throw new IntrinsicError(`there is no resource ${logicalId}`);
      return found;
    },
  };
  const wanted = Object.fromEntries(
    Object.entries(template.Resources).filter(
      ([, resource]) => resource.Condition === undefined || namedCondition(resource.Condition, scope),
    ),
  );
  const problems = [...sectionProblems(template), ...planProblems(wanted, types, scope)];
  if (problems.length > 0) throw new DeploymentError(problems);

  const providers = builtInProviders(wanted);
  for (const logicalId of deploymentOrder(withoutUnwanted(wanted, template.Resources))) {
    const resource = wanted[logicalId];
    if (resource === undefined) continue;
    const generatedName = `${identity.stackName}-${logicalId}`;
    if (providers.has(logicalId)) created.set(logicalId, { ref: generatedName, attributes: { Arn: generatedName } });
    else created.set(logicalId, await create(logicalId, generatedName, resource, types.get(resource.Type), scope, readSecret));
  }
  return { resources: created, outputs: outputs(template, scope) };
}

const noSecrets: ReadSecret = (secretId) => {
  throw new IntrinsicError(`nobody reads the secret ${secretId} here`);
};

async function create(
  logicalId: string,
  generatedName: string,
  resource: TemplateResource,
  type: ResourceType | undefined,
  scope: ResolutionScope,
  readSecret: ReadSecret,
): Promise<CreatedResource> {
  if (type === undefined) return { ref: generatedName, attributes: {} };
  const label = `${logicalId} (${resource.Type})`;
  try {
    const properties = resolveReferences(enforced(resolve(resource.Properties ?? {}, scope), type), readSecret);
    const parsed = type.properties.safeParse(properties);
    if (!parsed.success)
      throw new DeploymentError(parsed.error.issues.map((issue) => `${label}: ${issue.path.join('.')}: ${issue.message}`));
    return await type.create({ logicalId, properties, generatedName });
  } catch (error) {
    if (error instanceof IntrinsicError || error instanceof AwsError)
      throw new DeploymentError([`${label}: ${error.message}`]);
    if (error instanceof DeploymentError) throw error;
    throw new Error(`${label}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** The properties that are not inert. */
function enforced(properties: unknown, type: ResourceType): Readonly<Record<string, TemplateValue>> {
  if (!isMapping(properties)) return {};
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !(name in type.inert)));
}

/**
 * What can be said before creating: unknown types, unknown properties at any depth, references into nowhere.
 * References to resources, whose values are not known yet, stand in as strings, so only `unrecognized_keys` is reported here.
 */
function planProblems(
  resources: Template['Resources'],
  types: ReadonlyMap<string, ResourceType>,
  scope: ResolutionScope,
): readonly string[] {
  const attributes = new Proxy<Record<string, string>>({}, { get: () => 'not-created-yet' });
  const planScope: ResolutionScope = {
    ...scope,
    resource: (logicalId) => {
      if (resources[logicalId] === undefined) throw new IntrinsicError(`there is no resource ${logicalId}`);
      return { ref: 'not-created-yet', attributes };
    },
  };
  const providers = builtInProviders(resources);
  return Object.entries(resources).flatMap(([logicalId, resource]) => {
    const label = `${logicalId} (${resource.Type})`;
    const type = types.get(resource.Type);
    if (providers.has(logicalId)) return [];
    if (type === undefined)
      return resource.Type in inertResourceTypes ? [] : [`${label}: the local cloud has no such resource type.`];
    // CloudFormation hands a custom resource no secrets.
    if (resource.Type.startsWith('Custom::') && holdsReference(resource.Properties ?? {}))
      return [`${label}: a custom resource can't have dynamic references.`];
    try {
      const parsed = type.properties.safeParse(enforced(resolve(resource.Properties ?? {}, planScope), type));
      return (parsed.error?.issues ?? []).flatMap((issue) =>
        issue.code === 'unrecognized_keys'
          ? issue.keys.map((key) => `${label}: the local cloud does not support the property ${[...issue.path, key].join('.')}.`)
          : [],
      );
    } catch (error) {
      if (!(error instanceof IntrinsicError)) throw error;
      // A Fn::Select over a Fn::Split of an ARN can't be tried before the ARN exists; create() will.
      return references(resource.Properties ?? {}).size > 0 && error.message.startsWith('Fn::Select')
        ? []
        : [`${label}: ${error.message}.`];
    }
  });
}

function sectionProblems(template: Template): readonly string[] {
  return Object.keys(template.Rules)
    .filter((name) => !(name in inertRules))
    .map((name) => `Rules.${name}: the local cloud does not evaluate rules.`);
}

function parameterValues(template: Template): ReadonlyMap<string, TemplateValue> {
  const problems: string[] = [];
  const values = new Map<string, TemplateValue>();
  for (const [name, parameter] of Object.entries(template.Parameters)) {
    if (parameter.Type.startsWith('AWS::') && !(name in inertParameters))
      problems.push(`Parameters.${name}: the local cloud does not read parameters of type ${parameter.Type}.`);
    else if (parameter.Default === undefined) problems.push(`Parameters.${name} has no default.`);
    else values.set(name, parameter.Default);
  }
  if (problems.length > 0) throw new DeploymentError(problems);
  return values;
}

/** A DependsOn may name a resource that its condition leaves out; CloudFormation then ignores it. */
function withoutUnwanted(wanted: Template['Resources'], all: Template['Resources']): Template['Resources'] {
  return Object.fromEntries(
    Object.entries(wanted).map(([logicalId, resource]) => {
      const names = resource.DependsOn === undefined ? [] : [resource.DependsOn].flat();
      return [logicalId, { ...resource, DependsOn: names.filter((name) => name in wanted || !(name in all)) }];
    }),
  );
}

function outputs(template: Template, scope: ResolutionScope): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const [name, output] of Object.entries(template.Outputs)) {
    if (output.Condition !== undefined && !namedCondition(output.Condition, scope)) continue;
    try {
      const value = resolve(output.Value, scope);
      if (value === noValue || typeof value === 'object') throw new IntrinsicError('an output must be a string');
      values[name] = String(value);
    } catch (error) {
      if (error instanceof IntrinsicError) throw new DeploymentError([`Outputs.${name}: ${error.message}`]);
      throw error;
    }
  }
  return values;
}
