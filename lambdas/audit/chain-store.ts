/** The audit table: the only file that talks to it. One partition holds the chain, in the order of its links. */
import { conditionHeld, putItem, queryPage } from '../platform/dynamodb.js';
import { parseLink, type Link, type Position } from './link.js';

/** What stands at a place of the chain: a link, or something that is none. */
export interface StoredLink {
  readonly sequence: number;
  /** As stored, be it right or wrong. */
  readonly hash: string;
  readonly link: Link | undefined;
}

export interface ChainPage {
  readonly links: readonly StoredLink[];
  /** False on the last page. */
  readonly more: boolean;
}

export interface ChainStore {
  /** Writes a link where none stands. False when another one was faster. */
  append(link: Link): Promise<boolean>;
  /** Links from a sequence on, itself included, oldest first. Consistent. */
  forward(from: number, limit: number): Promise<ChainPage>;
  /** Links from a sequence back, itself included, newest first; from the newest where none is given. Consistent. */
  backward(from: number | undefined, limit: number): Promise<ChainPage>;
}

const chainPk = 'CHAIN';

export function dynamoChainStore(tableName: string): ChainStore {
  async function read(comparison: '>=' | '<=', from: number, limit: number): Promise<ChainPage> {
    const { items, lastKey } = await queryPage({
      TableName: tableName,
      KeyConditionExpression: `pk = :chain AND #sequence ${comparison} :from`,
      ExpressionAttributeNames: { '#sequence': 'sequence' },
      ExpressionAttributeValues: { ':chain': chainPk, ':from': from },
      ScanIndexForward: comparison === '>=',
      ConsistentRead: true,
      Limit: limit,
    });
    return { links: items.map(toStoredLink), more: lastKey !== undefined };
  }

  return {
    append: (link) =>
      conditionHeld(putItem({ TableName: tableName, Item: { pk: chainPk, ...link }, ConditionExpression: 'attribute_not_exists(pk)' })),
    forward: (from, limit) => read('>=', from, limit),
    backward: (from = Number.MAX_SAFE_INTEGER, limit) => read('<=', from, limit),
  };
}

function toStoredLink({ pk: _, ...item }: Readonly<Record<string, unknown>>): StoredLink {
  const { sequence, hash } = item;
  return { sequence: Number(sequence), hash: typeof hash === 'string' ? hash : '', link: parseLink(item) };
}

/** The newest place of the chain. Behind something that is no link the chain goes on all the same: verification names it. */
export function headOf(newest: StoredLink | undefined): Position | undefined {
  return newest === undefined ? undefined : { sequence: Math.floor(newest.sequence), hash: newest.hash };
}
