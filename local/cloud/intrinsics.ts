/**
 * CloudFormation's intrinsic functions, conditions and pseudo parameters, as pure functions over template values.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
 */
import type { CreatedResource, StackIdentity } from './resource.js';
import type { Template, TemplateValue } from './template.js';

/** What `Ref: AWS::NoValue` resolves to: the property or element disappears. */
export const noValue: unique symbol = Symbol('AWS::NoValue');
export type Resolved = TemplateValue | typeof noValue;

export interface ResolutionScope {
  readonly identity: StackIdentity;
  readonly template: Pick<Template, 'Mappings' | 'Conditions'>;
  readonly parameters: ReadonlyMap<string, TemplateValue>;
  /** @throws IntrinsicError where the resource does not exist (yet) */
  readonly resource: (logicalId: string) => CreatedResource;
}

/** An intrinsic that can't be resolved; the message names it. */
export class IntrinsicError extends Error {}

interface Mapping {
  readonly [name: string]: TemplateValue;
}

/** The intrinsic that an object is, if it is one: `{ "Ref": … }`, `{ "Fn::…": … }` and, inside conditions, `{ "Condition": … }`. */
function intrinsicOf(value: Mapping): readonly [name: string, argument: TemplateValue] | undefined {
  const names = Object.keys(value);
  const [name] = names;
  if (name === undefined || names.length !== 1) return undefined;
  const argument = value[name];
  if (argument === undefined || !(name === 'Ref' || name.startsWith('Fn::'))) return undefined;
  return [name, argument];
}

/**
 * Resolves every intrinsic in a value.
 * @throws IntrinsicError for unknown intrinsics, missing resources, attributes and map keys
 */
export function resolve(value: TemplateValue, scope: ResolutionScope): Resolved {
  if (isList(value)) return list(value, scope);
  if (isMapping(value)) {
    const intrinsic = intrinsicOf(value);
    if (intrinsic !== undefined) return evaluate(intrinsic[0], intrinsic[1], scope);
    const resolved: Record<string, TemplateValue> = {};
    for (const [name, inner] of Object.entries(value)) {
      const result = resolve(inner, scope);
      if (result !== noValue) resolved[name] = result;
    }
    return resolved;
  }
  return value;
}

function evaluate(name: string, argument: TemplateValue, scope: ResolutionScope): Resolved {
  switch (name) {
    case 'Ref':
      return reference(text(argument, 'Ref'), scope);
    case 'Fn::GetAtt':
      return attribute(argument, scope);
    case 'Fn::Join': {
      const [separator, parts] = pair(argument, name);
      return items(resolve(parts, scope), name).map((part) => scalar(part, name)).join(text(separator, name));
    }
    case 'Fn::Split': {
      const [separator, source] = pair(argument, name);
      return scalar(resolve(source, scope), name).split(text(separator, name));
    }
    case 'Fn::Select': {
      const [index, choices] = pair(argument, name);
      const chosen = items(resolve(choices, scope), name)[Number(scalar(resolve(index, scope), name))];
      if (chosen === undefined) throw new IntrinsicError(`Fn::Select finds no element at index ${JSON.stringify(index)}`);
      return chosen;
    }
    case 'Fn::Sub':
      return substitute(argument, scope);
    case 'Fn::If': {
      const [decider, whenTrue, whenFalse] = items(argument, name);
      if (decider === undefined || whenTrue === undefined || whenFalse === undefined)
        throw new IntrinsicError('Fn::If needs a condition and two values');
      return resolve(namedCondition(text(decider, name), scope) ? whenTrue : whenFalse, scope);
    }
    case 'Fn::FindInMap': {
      const path = items(argument, name).map((part) => scalar(resolve(part, scope), name));
      const [map = '', first = '', second = ''] = path;
      const found = scope.template.Mappings[map]?.[first]?.[second];
      if (found === undefined || path.length !== 3)
        throw new IntrinsicError(`Fn::FindInMap finds nothing at ${path.join('.')}`);
      return found;
    }
    case 'Fn::Base64':
      return Buffer.from(scalar(resolve(argument, scope), name)).toString('base64');
    case 'Fn::ImportValue':
      throw new IntrinsicError('Fn::ImportValue: one stack runs here, so there is no other to import from');
    default:
      throw new IntrinsicError(`${name} is not supported by the local cloud`);
  }
}

function reference(name: string, scope: ResolutionScope): Resolved {
  if (name.startsWith('AWS::')) return pseudoParameter(name, scope.identity);
  const parameter = scope.parameters.get(name);
  return parameter ?? scope.resource(name).ref;
}

function pseudoParameter(name: string, identity: StackIdentity): Resolved {
  switch (name) {
    case 'AWS::AccountId':
      return identity.accountId;
    case 'AWS::Region':
      return identity.region;
    case 'AWS::Partition':
      return identity.partition;
    case 'AWS::StackName':
      return identity.stackName;
    case 'AWS::StackId':
      return identity.stackId;
    case 'AWS::URLSuffix':
      return 'amazonaws.com';
    case 'AWS::NoValue':
      return noValue;
    case 'AWS::NotificationARNs':
      return [];
    default:
      throw new IntrinsicError(`${name} is not a pseudo parameter that the local cloud knows`);
  }
}

function attribute(argument: TemplateValue, scope: ResolutionScope): string {
  const [logicalId, name] = attributePath(argument);
  const found = scope.resource(logicalId).attributes[name];
  if (found === undefined) throw new IntrinsicError(`Fn::GetAtt: ${logicalId} has no attribute ${name} here`);
  return found;
}

/** "Resource.Attribute" and ["Resource", "Attribute"] are the same. Attribute names may hold dots. */
function attributePath(argument: TemplateValue): readonly [logicalId: string, attribute: string] {
  if (typeof argument === 'string') {
    const dot = argument.indexOf('.');
    if (dot > 0) return [argument.slice(0, dot), argument.slice(dot + 1)];
  } else if (isList(argument)) {
    const [logicalId, name] = argument;
    if (typeof logicalId === 'string' && typeof name === 'string') return [logicalId, name];
  }
  throw new IntrinsicError(`Fn::GetAtt needs a logical id and an attribute name, not ${JSON.stringify(argument)}`);
}

const placeholder = /\$\{([^}]*)\}/g;

function substitute(argument: TemplateValue, scope: ResolutionScope): string {
  const [pattern, values] = substitution(argument);
  return pattern.replace(placeholder, (_whole, name: string) => {
    // ${!Literal} stays ${Literal}.
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    const given = values[name];
    if (given !== undefined) return scalar(resolve(given, scope), 'Fn::Sub');
    if (name.includes('.')) return attribute(name, scope);
    return scalar(reference(name, scope), 'Fn::Sub');
  });
}

function substitution(argument: TemplateValue): readonly [pattern: string, values: Mapping] {
  if (typeof argument === 'string') return [argument, {}];
  const [pattern, values] = pair(argument, 'Fn::Sub');
  if (!isMapping(values)) throw new IntrinsicError('Fn::Sub needs a map of values');
  return [text(pattern, 'Fn::Sub'), values];
}

/** The value of a condition of the template's Conditions section. */
export function namedCondition(name: string, scope: ResolutionScope): boolean {
  const definition = scope.template.Conditions[name];
  if (definition === undefined) throw new IntrinsicError(`Condition ${name} is not defined`);
  return condition(definition, scope);
}

function condition(definition: TemplateValue, scope: ResolutionScope): boolean {
  if (!isMapping(definition)) throw new IntrinsicError(`${JSON.stringify(definition)} is no condition`);
  const [[name, argument] = ['', null], ...others] = Object.entries(definition);
  if (others.length > 0) throw new IntrinsicError(`${JSON.stringify(definition)} is no condition`);
  switch (name) {
    case 'Condition':
      return namedCondition(text(argument, name), scope);
    case 'Fn::Equals': {
      const [left, right] = pair(argument, name).map((side) => resolve(side, scope));
      return left !== noValue && right !== noValue && JSON.stringify(left) === JSON.stringify(right);
    }
    case 'Fn::And':
      return items(argument, name).every((part) => condition(part, scope));
    case 'Fn::Or':
      return items(argument, name).some((part) => condition(part, scope));
    case 'Fn::Not':
      return !items(argument, name).every((part) => condition(part, scope));
    default:
      throw new IntrinsicError(`${name} is not supported in conditions by the local cloud`);
  }
}

/** Every name that a value refers to by Ref, Fn::GetAtt or Fn::Sub: resources and parameters. */
export function references(value: TemplateValue): ReadonlySet<string> {
  const found = new Set<string>();
  collect(value, found);
  return found;
}

function collect(value: TemplateValue, found: Set<string>): void {
  if (isList(value)) {
    for (const inner of value) collect(inner, found);
    return;
  }
  if (!isMapping(value)) return;
  const [name, argument] = intrinsicOf(value) ?? ['', null];
  if (name === 'Ref' && typeof argument === 'string') found.add(argument);
  else if (name === 'Fn::GetAtt') found.add(attributePath(argument)[0]);
  else if (name === 'Fn::Sub') {
    const [pattern, values] = substitution(argument);
    for (const [, inner = ''] of pattern.matchAll(placeholder))
      if (!inner.startsWith('!') && !(inner in values)) found.add(inner.split('.')[0] ?? inner);
    collect(values, found);
  } else for (const inner of Object.values(value)) collect(inner, found);
}

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `Array.isArray`, which forgets what is in a read-only list. */
function isList(value: Resolved): value is readonly TemplateValue[] {
  return Array.isArray(value);
}

function list(values: readonly TemplateValue[], scope: ResolutionScope): readonly TemplateValue[] {
  return values.map((value) => resolve(value, scope)).filter((value) => value !== noValue);
}

function items(value: Resolved, intrinsic: string): readonly TemplateValue[] {
  if (isList(value)) return value;
  throw new IntrinsicError(`${intrinsic} needs a list, not ${JSON.stringify(value)}`);
}

function pair(value: TemplateValue, intrinsic: string): readonly [TemplateValue, TemplateValue] {
  const [first, second, ...others] = items(value, intrinsic);
  if (first === undefined || second === undefined || others.length > 0)
    throw new IntrinsicError(`${intrinsic} needs two arguments`);
  return [first, second];
}

function text(value: TemplateValue, intrinsic: string): string {
  if (typeof value === 'string') return value;
  throw new IntrinsicError(`${intrinsic} needs a string, not ${JSON.stringify(value)}`);
}

/** CloudFormation turns numbers and booleans into strings wherever a string is asked for. */
function scalar(value: Resolved, intrinsic: string): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new IntrinsicError(`${intrinsic} needs a string, not ${value === noValue ? 'AWS::NoValue' : JSON.stringify(value)}`);
}
