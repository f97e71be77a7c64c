/** IAM's wildcards: `*` any characters, `?` one, over actions (any case) and whole ARNs (exact case). */

/** A matcher for a pattern with IAM wildcards. */
export function wildcard(pattern: string, flags: '' | 'i' = ''): (value: string) => boolean {
  if (pattern === '*') return () => true;
  if (!/[*?]/.test(pattern) && flags === '') return (value) => value === pattern;
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.');
  const expression = new RegExp(`^${source}$`, `${flags}s`);
  return (value) => expression.test(value);
}

export function matchesAction(patterns: readonly string[]): (action: string) => boolean {
  return any(patterns.map((pattern) => wildcard(pattern, 'i')));
}

export function matchesResource(patterns: readonly string[]): (resourceArn: string) => boolean {
  return any(patterns.map((pattern) => wildcard(pattern)));
}

/**
 * ArnLike and ArnEquals: each of the six parts is matched on its own, so a wildcard does not reach over a colon
 * of the first five. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
 */
export function arnLike(pattern: string): (arn: string) => boolean {
  const parts = arnParts(pattern).map((part) => wildcard(part));
  return (arn) => {
    const given = arnParts(arn);
    return given.length === parts.length && parts.every((matches, index) => matches(given[index] ?? ''));
  };
}

function arnParts(arn: string): readonly string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}

function any(matchers: readonly ((value: string) => boolean)[]): (value: string) => boolean {
  return (value) => matchers.some((matches) => matches(value));
}
