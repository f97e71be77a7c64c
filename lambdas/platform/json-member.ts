/** Reading parsed JSON whose shape is not ours to trust. */

/** A member of an object by its name; undefined where the value is no object or has no such member. */
export function jsonMember(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
