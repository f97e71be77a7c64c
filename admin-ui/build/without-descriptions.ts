/**
 * Takes the words of the OpenAPI document out of the console's copy of the schemas: nobody reads them there, and they are
 * one in fifty of what a browser loads.
 */
import type { Plugin } from 'vite';

/** Functions of lambdas/contract/describe-schema.ts, and the position of the words among their arguments. */
const positionOfWords: ReadonlyMap<string, number> = new Map([
  ['described', 1],
  ['named', 2],
]);

interface Span {
  readonly start: number;
  readonly end: number;
}

export function withoutDescriptions(): Plugin {
  return {
    name: 'without-descriptions',
    apply: 'build',
    // Once TypeScript is JavaScript.
    enforce: 'post',
    transform(code, file) {
      if (!/lambdas[/\\]contract[/\\][\w-]+\.ts$/.test(file)) return undefined;
      const spans: Span[] = [];
      collect(this.parse(code), spans);
      // From the end, so that the earlier positions stay right.
      return spans.sort((one, other) => other.start - one.start).reduce((text, { start, end }) => `${text.slice(0, start)}''${text.slice(end)}`, code);
    },
  };
}

/** Finds the words in a syntax tree, whatever they stand in. */
function collect(node: unknown, spans: Span[]): void {
  if (Array.isArray(node)) {
    for (const one of node) collect(one, spans);
    return;
  }
  if (!isNode(node)) return;
  const words = wordsOf(node);
  if (words !== undefined) spans.push(words);
  for (const value of Object.values(node)) collect(value, spans);
}

function wordsOf({ type, callee, arguments: given }: Node): Span | undefined {
  if (type !== 'CallExpression' || !isNode(callee) || typeof callee['name'] !== 'string' || !Array.isArray(given)) return undefined;
  const words: unknown = given[positionOfWords.get(callee['name']) ?? -1];
  return isNode(words) && (words['type'] === 'Literal' || words['type'] === 'TemplateLiteral') ? { start: words.start, end: words.end } : undefined;
}

type Node = Span & Readonly<Record<string, unknown>>;

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'start' in value && typeof value.start === 'number' && 'end' in value && typeof value.end === 'number';
}
