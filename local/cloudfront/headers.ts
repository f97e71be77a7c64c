/** Headers between viewer, distribution and origin, as Node's raw lists: name, value, name, value. Pure. */

/** Of one connection alone. */
const hopByHop = ['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'];

/** What CloudFront writes itself or takes off. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html */
const notToOrigin: ReadonlySet<string> = new Set([...hopByHop, 'expect', 'host', 'via', 'x-amz-cf-id', 'x-forwarded-for', 'x-forwarded-proto', 'x-http-method-override', 'x-real-ip']);
const notToViewer: ReadonlySet<string> = new Set([...hopByHop, 'via', 'x-amz-cf-id', 'x-cache']);

export type HeaderList = readonly (readonly [name: string, value: string])[];

export function headerList(raw: readonly string[]): HeaderList {
  return Array.from({ length: raw.length / 2 }, (_, index) => [raw[2 * index] ?? '', raw[2 * index + 1] ?? ''] as const);
}

export function rawHeaders(list: HeaderList): string[] {
  return list.flat();
}

/** The headers of a viewer that an origin may see. */
export function toOrigin(list: HeaderList): HeaderList {
  return list.filter(([name]) => !notToOrigin.has(name.toLowerCase()));
}

/** The headers of an origin that a viewer may see. */
export function toViewer(list: HeaderList): HeaderList {
  return list.filter(([name]) => !notToViewer.has(name.toLowerCase()));
}

/** All values of a header, as one. */
export function valueOf(list: HeaderList, name: string): string | undefined {
  const values = list.filter(([one]) => one.toLowerCase() === name).map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(', ');
}

/** The list with one header of that name. */
export function withHeader(list: HeaderList, name: string, value: string): HeaderList {
  return [...withoutHeader(list, name), [name, value]];
}

export function withoutHeader(list: HeaderList, name: string): HeaderList {
  return list.filter(([one]) => one.toLowerCase() !== name.toLowerCase());
}
