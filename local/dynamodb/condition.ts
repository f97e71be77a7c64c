/**
 * Evaluates condition and filter expressions that dynalite has parsed. Its own evaluation does not know when two maps or
 * lists are equal, and misjudges false and empty strings in IN and size().
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
 */
import database, { type Expression, type Operand, type Path } from 'dynalite/db/index.js';
import { typeOf, type AttributeValue, type Item } from './item.js';

/** Whether the item (an empty one where there is none) satisfies the expression. */
export function satisfies(expression: Expression, item: Item): boolean {
  const { type, args } = expression;
  switch (type) {
    case 'and':
      return args.every((part) => isExpression(part) && satisfies(part, item));
    case 'or':
      return args.some((part) => isExpression(part) && satisfies(part, item));
    case 'not':
      return !args.every((part) => isExpression(part) && satisfies(part, item));
    default:
      return holds(type === 'function' ? (expression.name ?? '') : type, args.map((operand) => valueOf(operand, item)));
  }
}

type Value = AttributeValue | undefined;

function holds(comparison: string, [first, second, ...others]: readonly Value[]): boolean {
  switch (comparison) {
    case '=':
      return first !== undefined && equal(first, second);
    case '<>':
      // True for a missing attribute, as on DynamoDB.
      return first === undefined ? second !== undefined : !equal(first, second);
    case '<':
      return ordered(first, second, (order) => order < 0);
    case '<=':
      return ordered(first, second, (order) => order <= 0);
    case '>':
      return ordered(first, second, (order) => order > 0);
    case '>=':
      return ordered(first, second, (order) => order >= 0);
    case 'between':
      return ordered(first, second, (order) => order >= 0) && ordered(first, others[0], (order) => order <= 0);
    case 'in':
      return first !== undefined && [second, ...others].some((candidate) => equal(first, candidate));
    case 'attribute_exists':
      return first !== undefined;
    case 'attribute_not_exists':
      return first === undefined;
    case 'attribute_type':
      return first !== undefined && typeOf(first) === second?.S;
    case 'begins_with':
      return beginsWith(first, second);
    case 'contains':
      return contains(first, second);
    default:
      throw new Error(`dynalite parsed a comparison that is not known here: ${comparison}`);
  }
}

function valueOf(operand: Operand, item: Item): Value {
  if (isPath(operand)) return database.mapPath(operand, item) ?? undefined;
  if (!isExpression(operand)) return operand;
  const [argument] = operand.args;
  if (operand.name !== 'size' || argument === undefined) throw new Error(`dynalite parsed an operand that is not known here: ${operand.name ?? operand.type}`);
  const size = sizeOf(valueOf(argument, item));
  return size === undefined ? undefined : { N: String(size) };
}

function sizeOf(value: Value): number | undefined {
  if (value === undefined) return undefined;
  if (value.S !== undefined) return value.S.length;
  if (value.B !== undefined) return Buffer.from(value.B, 'base64').length;
  const elements = value.SS ?? value.NS ?? value.BS ?? value.L;
  if (elements !== undefined) return elements.length;
  return value.M === undefined ? undefined : Object.keys(value.M).length;
}

function equal(one: AttributeValue, other: Value): boolean {
  const type = typeOf(one);
  if (other === undefined || type === undefined || type !== typeOf(other)) return false;
  if (one.L !== undefined) {
    const list = other.L ?? [];
    return one.L.length === list.length && one.L.every((element, index) => equal(element, list[index]));
  }
  if (one.M !== undefined) {
    const map = other.M ?? {};
    const names = Object.keys(one.M);
    return names.length === Object.keys(map).length && Object.entries(one.M).every(([name, value]) => equal(value, map[name]));
  }
  const set = one.SS ?? one.NS ?? one.BS;
  if (set !== undefined) {
    const elements = new Set(other.SS ?? other.NS ?? other.BS);
    return set.length === elements.size && set.every((element) => elements.has(element));
  }
  return one[type] === other[type];
}

/** Compares strings by their UTF-8 bytes, numbers by value, binary by bytes; anything else is not in order. */
function ordered(one: Value, other: Value, wanted: (order: number) => boolean): boolean {
  if (one?.N !== undefined && other?.N !== undefined) {
    const [first, second] = [database.toLexiStr(one.N, 'N'), database.toLexiStr(other.N, 'N')];
    return wanted(first < second ? -1 : first > second ? 1 : 0);
  }
  const [first, second] = [bytes(one), bytes(other)];
  if (first === undefined || second === undefined || (one?.S === undefined) !== (other?.S === undefined)) return false;
  return wanted(Buffer.compare(first, second));
}

function bytes(value: Value): Buffer | undefined {
  if (value?.S !== undefined) return Buffer.from(value.S);
  return value?.B === undefined ? undefined : Buffer.from(value.B, 'base64');
}

function beginsWith(value: Value, prefix: Value): boolean {
  if (value?.S !== undefined && prefix?.S !== undefined) return value.S.startsWith(prefix.S);
  const [all, start] = [value?.S === undefined ? bytes(value) : undefined, prefix?.S === undefined ? bytes(prefix) : undefined];
  return all !== undefined && start !== undefined && all.subarray(0, start.length).equals(start);
}

function contains(value: Value, part: Value): boolean {
  if (value === undefined || part === undefined) return false;
  if (value.S !== undefined) return part.S !== undefined && value.S.includes(part.S);
  if (value.B !== undefined) return part.B !== undefined && Buffer.from(value.B, 'base64').includes(Buffer.from(part.B, 'base64'));
  if (value.SS !== undefined) return part.S !== undefined && value.SS.includes(part.S);
  if (value.NS !== undefined) return part.N !== undefined && value.NS.includes(part.N);
  if (value.BS !== undefined) return part.B !== undefined && value.BS.includes(part.B);
  return value.L?.some((element) => equal(element, part)) ?? false;
}

function isPath(operand: Operand): operand is Path {
  return Array.isArray(operand);
}

function isExpression(operand: Operand): operand is Expression {
  return !isPath(operand) && 'type' in operand;
}
