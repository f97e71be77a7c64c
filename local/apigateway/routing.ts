/**
 * Finds the resource for a path: an exact segment wins over `{parameter}`, that over `{greedy+}`; then its method, then ANY.
 * A resource without methods is no route. A path whose resource lacks the method goes nowhere else: on AWS a greedy
 * sibling does not catch it either.
 */

export interface RoutedResource<Route> {
  readonly methods: ReadonlyMap<string, Route>;
}

interface Node<Resource> {
  readonly literals: Map<string, Node<Resource>>;
  parameter?: { readonly name: string; readonly node: Node<Resource> };
  greedy?: { readonly name: string; readonly resource: Resource };
  resource?: Resource;
}

export interface Match<Resource> {
  readonly resource: Resource;
  /** Percent-encoded, as REST APIs hand them on. null where the path has none. */
  readonly pathParameters: Readonly<Record<string, string>> | null;
}

/** The methods that ANY stands for. */
const anyMethods = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']);

export class Routes<Route> {
  readonly #root: Node<RoutedResource<Route>> = { literals: new Map() };

  /** Adds a resource, e.g. `/things/{id}` or `/{proxy+}`; one without methods is left out. */
  add(path: string, resource: RoutedResource<Route>): void {
    if (resource.methods.size === 0) return;
    let node = this.#root;
    for (const segment of segments(path)) {
      const [, name, greedy] = /^\{(.+?)(\+?)\}$/.exec(segment) ?? [];
      if (name !== undefined && greedy === '+') {
        node.greedy = { name, resource };
        return;
      }
      if (name !== undefined) {
        node.parameter ??= { name, node: { literals: new Map() } };
        node = node.parameter.node;
      } else {
        let next = node.literals.get(segment);
        if (next === undefined) {
          next = { literals: new Map() };
          node.literals.set(segment, next);
        }
        node = next;
      }
    }
    node.resource = resource;
  }

  /** @param path without the stage and the query, as sent; a slash at its end makes no difference */
  match(path: string): Match<RoutedResource<Route>> | undefined {
    return find(this.#root, segments(path), 0, []);
  }

  /** The route of a method on a matched resource. */
  static method<Route>(resource: RoutedResource<Route>, method: string): Route | undefined {
    return resource.methods.get(method) ?? (anyMethods.has(method) ? resource.methods.get('ANY') : undefined);
  }
}

/** The stage's own segment is taken off; `undefined` where the path does not begin with it. */
export function withoutStage(path: string, stage: string): string | undefined {
  if (!path.startsWith(`/${stage}`)) return undefined;
  const rest = path.slice(stage.length + 1);
  if (rest === '') return '/';
  return rest.startsWith('/') ? rest : undefined;
}

function segments(path: string): readonly string[] {
  const end = path.length > 1 && path.endsWith('/') ? path.length - 1 : path.length;
  const inner = path.slice(1, end);
  return inner === '' ? [] : inner.split('/');
}

function find<Resource>(
  node: Node<Resource>,
  path: readonly string[],
  index: number,
  found: readonly (readonly [string, string])[],
): Match<Resource> | undefined {
  const segment = path[index];
  if (segment === undefined)
    return node.resource === undefined ? undefined : { resource: node.resource, pathParameters: parameters(found) };
  const literal = node.literals.get(segment) ?? node.literals.get(decoded(segment));
  const exact = literal === undefined ? undefined : find(literal, path, index + 1, found);
  if (exact !== undefined) return exact;
  if (node.parameter !== undefined && segment !== '') {
    const byParameter = find(node.parameter.node, path, index + 1, [...found, [node.parameter.name, segment]]);
    if (byParameter !== undefined) return byParameter;
  }
  if (node.greedy === undefined) return undefined;
  const rest = path.slice(index).join('/');
  return { resource: node.greedy.resource, pathParameters: parameters([...found, [node.greedy.name, rest]]) };
}

function parameters(found: readonly (readonly [string, string])[]): Record<string, string> | null {
  return found.length === 0 ? null : Object.fromEntries(found);
}

function decoded(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
