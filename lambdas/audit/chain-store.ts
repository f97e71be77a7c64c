/** The audit table: the only file that talks to it. One partition holds the chain, in the order of its links. */
import { conditionHeld, putItem, queryPage } from '../platform/dynamodb.js';
import { toStoredLink, type Link, type Position, type StoredLink } from './link.js';

export interface ChainPage {
  readonly links: readonly StoredLink[];
  /** False on the last page. */
  readonly more: boolean;
}

export interface ChainStore {
  /** Writes a link where none stands. False when another one was faster. */
  append(link: Link): Promise<boolean>;
  /** Links behind a sequence, oldest first. Consistent. */
  forward(after: number, limit: number): Promise<ChainPage>;
  /** Links before a sequence, newest first; from the newest where none is given. Consistent. */
  backward(before: number | undefined, limit: number): Promise<ChainPage>;
}

const chainPk = 'CHAIN';

export function dynamoChainStore(tableName: string): ChainStore {
  async function read(comparison: '>' | '<', place: number, limit: number): Promise<ChainPage> {
    const { items, lastKey } = await queryPage({
      TableName: tableName,
      KeyConditionExpression: `pk = :chain AND #sequence ${comparison} :place`,
      ExpressionAttributeNames: { '#sequence': 'sequence' },
      ExpressionAttributeValues: { ':chain': chainPk, ':place': place },
      ScanIndexForward: comparison === '>',
      ConsistentRead: true,
      Limit: limit,
    });
    return { links: items.map(toStoredLink), more: lastKey !== undefined };
  }

  return {
    append: (link) =>
      conditionHeld(putItem({ TableName: tableName, Item: { pk: chainPk, ...link }, ConditionExpression: 'attribute_not_exists(pk)' })),
    forward: (after, limit) => read('>', after, limit),
    backward: (before = Number.MAX_SAFE_INTEGER, limit) => read('<', before, limit),
  };
}

/** The newest place of the chain. Behind something that is no link the chain goes on all the same: verification names it. */
export function headOf(newest: StoredLink | undefined): Position | undefined {
  return newest === undefined ? undefined : { sequence: Math.floor(newest.sequence), hash: newest.hash };
}
