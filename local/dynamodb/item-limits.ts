/** What DynamoDB refuses in an item as a whole and dynalite does not see. */
import database from 'dynalite/db/index.js';
import { notImplemented } from '../kms/aws-json.js';
import type { Item } from './item.js';
import { typeOfKey, type Table } from './table.js';

const maximumItemSize = 409_600;
/** dynalite checks the numbers of a request, not those that an update computes. */
const longNumbers = /"N":"-?([\d.]{39,})"/g;
const keyBytes = { HASH: 2048, RANGE: 1024 } as const;

/**
 * The reason to refuse an item, or undefined.
 * @param json the item as it will be stored
 */
export function itemProblem(table: Table, item: Item, json: string): string | undefined {
  // dynalite counts UTF-16 units; DynamoDB counts the bytes of UTF-8.
  const size = json.length * 3 < maximumItemSize ? 0 : database.itemSize(item) + Buffer.byteLength(json) - json.length;
  if (size > maximumItemSize) return 'Item size has exceeded the maximum allowed size';
  for (const [, digits = ''] of json.matchAll(longNumbers))
    if (digits.replace('.', '').replace(/^0+|0+$/g, '').length > 38) return 'Attempting to store more than 38 significant digits in a Number';
  for (const { IndexName, KeySchema } of table.GlobalSecondaryIndexes)
    for (const { AttributeName, KeyType } of KeySchema) {
      const type = typeOfKey(table, AttributeName);
      const value = type === undefined || type === 'N' ? undefined : item[AttributeName]?.[type];
      if (value === '')
        return `One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty ${type === 'S' ? 'string' : 'binary'} value. IndexName: ${IndexName}, IndexKey: ${AttributeName}`;
      if (value !== undefined && Buffer.byteLength(value, type === 'B' ? 'base64' : 'utf8') > keyBytes[KeyType])
        return `One or more parameter values were invalid: Size of ${KeyType === 'HASH' ? 'hashkey' : 'rangekey'} has exceeded the maximum size limit of ${keyBytes[KeyType]} bytes`;
    }
  return undefined;
}

/** @throws AwsError where an attribute is named __proto__: dynalite would lose it without a word */
export function refusePrototypeNames(body: string): void {
  if (body.includes('"__proto__"')) throw notImplemented('attributes named __proto__');
}
