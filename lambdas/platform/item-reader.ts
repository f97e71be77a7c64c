/** Reads attributes of a stored item one by one, each held against what it must be. Light: the authorizer reads items by it. */

export class ItemReader {
  /** @param what names the item in errors */
  constructor(
    private readonly what: string,
    private readonly item: Readonly<Record<string, unknown>>,
  ) {}

  /** @throws Error where the attribute is absent or is not what it must be: a damaged item must not become a valid one */
  of<T>(name: string, is: (value: unknown) => value is T): T {
    const value = this.item[name];
    if (!is(value)) throw new Error(`The ${this.what} has no valid ${name}`);
    return value;
  }

  optional<T>(name: string, is: (value: unknown) => value is T): T | undefined {
    return this.item[name] === undefined ? undefined : this.of(name, is);
  }
}

export const isText = (value: unknown): value is string => typeof value === 'string';
export const isNumber = (value: unknown): value is number => typeof value === 'number';
export const isTextList = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
