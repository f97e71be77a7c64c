/**
 * What a CloudFormation resource type is to the local cloud: a strict schema of the properties that it enforces,
 * the properties that are inert here (each with its reason), and how the resource comes to life.
 */
import type { ZodType } from 'zod';

export interface CreatedResource {
  /** What `Ref` gives. */
  readonly ref: string;
  /** What `Fn::GetAtt` gives, by attribute name. An attribute that is not here is an error, never an empty string. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface ResourceToCreate<Properties> {
  readonly logicalId: string;
  readonly properties: Properties;
  /** A name for a resource whose template gives none: stack name and logical id, as CloudFormation does without its random tail. */
  readonly generatedName: string;
}

export interface ResourceType<Properties = unknown> {
  readonly type: `${string}::${string}` | `${string}::${string}::${string}`;
  /** Strict: a property that is neither here nor inert stops the start with its name. */
  readonly properties: ZodType<Properties>;
  /** Top-level property name → why it has no effect on one machine. They are taken off before `properties` parses. */
  readonly inert: Readonly<Record<string, string>>;
  /**
   * Called once at each start, in dependency order, with all intrinsics resolved. Creating what already stands in the
   * state folder keeps its data.
   */
  create(resource: ResourceToCreate<Properties>): Promise<CreatedResource>;
}

/** Keeps a resource type's property type checked where the registry holds types of all kinds. */
export function resourceType<Properties>(type: ResourceType<Properties>): ResourceType {
  return {
    ...type,
    create: (resource) =>
      type.create({ ...resource, properties: type.properties.parse(resource.properties) }),
  };
}

/** The pseudo parameters of the one stack that runs here. */
export interface StackIdentity {
  readonly accountId: '000000000000';
  readonly region: string;
  readonly partition: 'aws';
  readonly stackName: string;
  readonly stackId: string;
}
