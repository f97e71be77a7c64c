/** JSON filter patterns: `{ $.level = "ERROR" && ($.job.pages > 3 || $.retry IS TRUE) }`. */
import { AwsError } from '../cloud/service.js';
import { notImplemented } from '../kms/aws-json.js';

/** True for a message that a pattern lets through. */
export type MessageFilter = (message: string) => boolean;

type Condition = (event: unknown) => boolean;
type Path = readonly (string | number)[];

const tokenPattern =
  /\s*(?:(&&|\|\||!=|<=|>=|[(){}=<>])|(\$(?:\.[\w-]+|\[\d+\]|\["[^"]+"\]|\[\*\]|\.\*)*)|"((?:[^"\\]|\\.)*)"|([^\s(){}=<>!&|"]+))/y;

type Token =
  | { readonly kind: 'symbol'; readonly text: string }
  | { readonly kind: 'selector'; readonly path: Path }
  | { readonly kind: 'quoted'; readonly text: string }
  | { readonly kind: 'word'; readonly text: string };

/**
 * The filter that a `{ ... }` pattern describes. A message that is no JSON never matches, nor does a comparison
 * with a property that the event does not have (`NOT EXISTS` asks for that).
 * @throws AwsError InvalidParameterException, NotImplemented
 */
export function parseJsonPattern(pattern: string): MessageFilter {
  const tokens = tokenize(pattern);
  let position = 0;
  const peek = (): Token | undefined => tokens[position];
  const take = (): Token => {
    const token = tokens[position];
    if (token === undefined) throw invalid('it ends too early');
    position += 1;
    return token;
  };
  const isNext = (text: string): boolean => {
    const token = peek();
    return (token?.kind === 'symbol' || token?.kind === 'word') && token.text.toUpperCase() === text;
  };
  const expect = (text: string): void => {
    if (!isNext(text)) throw invalid(`expected ${text}`);
    position += 1;
  };

  function alternatives(): Condition {
    const conditions = [conjunction()];
    while (isNext('||')) {
      position += 1;
      conditions.push(conjunction());
    }
    return (event) => conditions.some((condition) => condition(event));
  }

  function conjunction(): Condition {
    const conditions = [primary()];
    while (isNext('&&')) {
      position += 1;
      conditions.push(primary());
    }
    return (event) => conditions.every((condition) => condition(event));
  }

  function primary(): Condition {
    if (isNext('(')) {
      position += 1;
      const inner = alternatives();
      expect(')');
      return inner;
    }
    const token = take();
    if (token.kind !== 'selector') throw invalid('a comparison begins with a property such as $.name');
    return comparison(token.path);
  }

  function comparison(path: Path): Condition {
    if (isNext('IS')) {
      position += 1;
      const constants = { NULL: null, TRUE: true, FALSE: false };
      for (const [word, constant] of Object.entries(constants))
        if (isNext(word)) {
          position += 1;
          return (event) => select(event, path) === constant;
        }
      throw invalid('IS wants NULL, TRUE or FALSE');
    }
    if (isNext('NOT')) {
      position += 1;
      expect('EXISTS');
      return (event) => select(event, path) === undefined;
    }
    if (isNext('EXISTS')) throw invalid('only NOT EXISTS is a condition');
    const operator = take();
    if (operator.kind !== 'symbol') throw invalid('expected a comparison operator');
    return compare(path, operator.text, take());
  }

  expect('{');
  const condition = alternatives();
  expect('}');
  if (position !== tokens.length) throw invalid('something stands after }');
  return (message) => {
    const event = parseMessage(message);
    return event !== undefined && condition(event);
  };
}

function compare(path: Path, operator: string, operand: Token): Condition {
  if (operand.kind !== 'quoted' && operand.kind !== 'word') throw invalid('expected a value');
  const { text } = operand;
  if (text.startsWith('%')) throw notImplemented('regular expressions in filter patterns (%...%)');
  const wanted = operand.kind === 'word' && text.trim() !== '' ? Number(text) : NaN;
  if (operator === '=' || operator === '!=') {
    const equals = Number.isNaN(wanted) ? likeText(text) : (value: unknown) => value === wanted;
    return (event) => {
      const value = select(event, path);
      if (typeof value !== 'string' && typeof value !== 'number') return false;
      return equals(value) === (operator === '=');
    };
  }
  if (Number.isNaN(wanted)) throw invalid(`${operator} compares numbers`);
  const order: Readonly<Record<string, (value: number) => boolean>> = {
    '<': (value) => value < wanted,
    '<=': (value) => value <= wanted,
    '>': (value) => value > wanted,
    '>=': (value) => value >= wanted,
  };
  const holds = order[operator];
  if (holds === undefined) throw invalid(`${operator} is no comparison operator`);
  return (event) => {
    const value = select(event, path);
    return typeof value === 'number' && holds(value);
  };
}

/** Text compares with `*` for any characters. */
function likeText(text: string): (value: unknown) => boolean {
  const parts = text.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('[^]*')}$`);
  return (value) => typeof value === 'string' && expression.test(value);
}

function select(event: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => {
    if (typeof value !== 'object' || value === null) return undefined;
    return Object.getOwnPropertyDescriptor(value, step)?.value;
  }, event);
}

function parseMessage(message: string): unknown {
  try {
    const parsed: unknown = JSON.parse(message);
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function tokenize(pattern: string): readonly Token[] {
  const tokens: Token[] = [];
  tokenPattern.lastIndex = 0;
  const text = pattern.trimEnd();
  while (tokenPattern.lastIndex < text.length) {
    const match = tokenPattern.exec(text);
    if (match === null) throw invalid(pattern);
    const [, symbol, selector, quoted, word] = match;
    if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol });
    else if (selector !== undefined) tokens.push({ kind: 'selector', path: parseSelector(selector) });
    else if (quoted !== undefined) tokens.push({ kind: 'quoted', text: quoted.replace(/\\(.)/g, '$1') });
    else tokens.push({ kind: 'word', text: word ?? '' });
  }
  return tokens;
}

function parseSelector(selector: string): Path {
  if (selector.includes('*')) throw notImplemented(`wildcards in the selector ${selector}`);
  return [...selector.matchAll(/\.([\w-]+)|\[(\d+)\]|\["([^"]+)"\]/g)].map(([, name, index, key]) =>
    index === undefined ? (name ?? key ?? '') : Number(index),
  );
}

function invalid(reason: string): AwsError {
  return new AwsError('InvalidParameterException', `Invalid filter pattern: ${reason}`, 400);
}
