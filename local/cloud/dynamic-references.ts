/**
 * Dynamic references, `{{resolve:service:...}}`, which CloudFormation replaces when it creates a resource. Secrets Manager's
 * are; all others are errors. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
 */
import { IntrinsicError, isMapping } from './intrinsics.js';
import type { TemplateValue } from './template.js';

/** Gives the string of a secret's current version, or the member of its JSON where a key is named. @throws AwsError */
export type ReadSecret = (secretId: string, jsonKey: string | undefined) => string;

const reference = /\{\{resolve:([^{}]*)\}\}/g;
// A secret's ARN has colons of its own; then follow SecretString, JSON key, version stage and version id.
const secretReference = /^secretsmanager:(arn:[^:]+:secretsmanager:[^:]*:\d*:secret:[^:]+|[^:]+)(?::(?:SecretString)?(?::([^:]*)(?::([^:]*)(?::([^:]*))?)?)?)?$/;

/**
 * Replaces every dynamic reference in the strings of a value.
 * @throws IntrinsicError for other services, stages and versions than the current one
 */
export function resolveReferences(value: TemplateValue, readSecret: ReadSecret): TemplateValue {
  if (typeof value === 'string') return value.replace(reference, (_whole, inner: string) => secretOf(inner, readSecret));
  if (isList(value)) return value.map((inner) => resolveReferences(inner, readSecret));
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, resolveReferences(inner, readSecret)]));
}

export function holdsReference(value: TemplateValue): boolean {
  return JSON.stringify(value).includes('{{resolve:');
}

function secretOf(inner: string, readSecret: ReadSecret): string {
  const [, secretId, jsonKey = '', stage = '', version = ''] = secretReference.exec(inner) ?? [];
  if (secretId === undefined) throw new IntrinsicError(`the local cloud does not resolve the dynamic reference {{resolve:${inner}}}`);
  if ((stage !== '' && stage !== 'AWSCURRENT') || version !== '')
    throw new IntrinsicError(`the local cloud resolves the current version of a secret alone, not {{resolve:${inner}}}`);
  return readSecret(secretId, jsonKey === '' ? undefined : jsonKey);
}

function isList(value: TemplateValue): value is readonly TemplateValue[] {
  return Array.isArray(value);
}
