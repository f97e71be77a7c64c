/** A table as the engine keeps it: the words of the DynamoDB API, since dynalite reads them. */
import { z } from 'zod';

const keySchema = z
  .array(z.strictObject({ AttributeName: z.string().min(1).max(255), KeyType: z.enum(['HASH', 'RANGE']) }))
  .min(1)
  .max(2)
  .refine(([hash, range]) => hash?.KeyType === 'HASH' && (range === undefined || range.KeyType === 'RANGE'), 'a key is a HASH and perhaps a RANGE');

const projection = z.strictObject({
  ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
  NonKeyAttributes: z.array(z.string()).min(1).optional(),
});

export const attributeDefinitions = z.array(
  z.strictObject({ AttributeName: z.string().min(1).max(255), AttributeType: z.enum(['S', 'N', 'B']) }),
);
export const tableKeySchema = keySchema;
export const secondaryIndex = z.strictObject({
  IndexName: z.string().regex(/^[\w.-]{3,255}$/),
  KeySchema: keySchema,
  Projection: projection,
});
export type SecondaryIndex = z.infer<typeof secondaryIndex>;

export const tableSchema = z.strictObject({
  TableName: z.string().regex(/^[\w.-]{3,255}$/, 'a table name has letters, digits, _ . -, 3 to 255 of them'),
  TableId: z.string(),
  /** Milliseconds. */
  CreatedAt: z.number(),
  AttributeDefinitions: attributeDefinitions,
  KeySchema: keySchema,
  GlobalSecondaryIndexes: z.array(secondaryIndex),
  TimeToLiveAttribute: z.string().optional(),
  /** ARN of the customer's key, where the table has one. */
  KeyArn: z.string().optional(),
});
export type Table = z.infer<typeof tableSchema>;

/**
 * What is wrong with a table's keys, in the words of a person who wrote the template; nothing where all is well.
 * (Unused attribute definitions are refused by AWS, too.)
 */
export function keyProblems(table: Pick<Table, 'AttributeDefinitions' | 'KeySchema' | 'GlobalSecondaryIndexes'>): readonly string[] {
  const defined = table.AttributeDefinitions.map(({ AttributeName }) => AttributeName);
  const used = new Set([table.KeySchema, ...table.GlobalSecondaryIndexes.map(({ KeySchema }) => KeySchema)].flat().map(({ AttributeName }) => AttributeName));
  const names = table.GlobalSecondaryIndexes.map(({ IndexName }) => IndexName);
  return [
    ...[...used].filter((name) => !defined.includes(name)).map((name) => `key attribute ${name} is not in AttributeDefinitions`),
    ...defined.filter((name) => !used.has(name)).map((name) => `AttributeDefinitions has ${name}, which is in no key`),
    ...names.filter((name, index) => names.indexOf(name) !== index).map((name) => `two indexes are named ${name}`),
    ...(names.length > 20 ? ['a table has at most 20 global secondary indexes'] : []),
  ];
}

/** The attributes that an index has, or undefined where it has all. */
export function projectedAttributes(table: Table, index: SecondaryIndex): ReadonlySet<string> | undefined {
  if (index.Projection.ProjectionType === 'ALL') return undefined;
  const keys = [...table.KeySchema, ...index.KeySchema].map(({ AttributeName }) => AttributeName);
  return new Set([...keys, ...(index.Projection.NonKeyAttributes ?? [])]);
}

/** What a new template asks of the table that is stored. */
export type TableChange =
  | { readonly kind: 'replacement'; readonly why: string }
  | { readonly kind: 'in-place'; readonly indexesToBuild: readonly SecondaryIndex[]; readonly indexesToDrop: readonly string[] };

/** How CloudFormation would bring a stored table to a wanted one. */
export function changeBetween(stored: Table, wanted: Table): TableChange {
  if (JSON.stringify(stored.KeySchema) !== JSON.stringify(wanted.KeySchema))
    return { kind: 'replacement', why: `its key would change from ${keyText(stored)} to ${keyText(wanted)}` };
  for (const { AttributeName } of wanted.KeySchema)
    if (typeOfKey(stored, AttributeName) !== typeOfKey(wanted, AttributeName))
      return { kind: 'replacement', why: `the type of its key attribute ${AttributeName} would change` };
  const sameIndex = (index: SecondaryIndex): boolean => {
    const before = stored.GlobalSecondaryIndexes.find(({ IndexName }) => IndexName === index.IndexName);
    return before !== undefined && indexText(stored, before) === indexText(wanted, index);
  };
  return {
    kind: 'in-place',
    indexesToBuild: wanted.GlobalSecondaryIndexes.filter((index) => !sameIndex(index)),
    indexesToDrop: stored.GlobalSecondaryIndexes.map(({ IndexName }) => IndexName).filter(
      (name) => !wanted.GlobalSecondaryIndexes.some((index) => index.IndexName === name),
    ),
  };
}

/** 'S', 'N' or 'B'; undefined for an attribute that is in no key. */
export function typeOfKey(table: Pick<Table, 'AttributeDefinitions'>, attribute: string): 'S' | 'N' | 'B' | undefined {
  return table.AttributeDefinitions.find(({ AttributeName }) => AttributeName === attribute)?.AttributeType;
}

function keyText({ KeySchema }: Table): string {
  return KeySchema.map(({ AttributeName }) => AttributeName).join(' + ');
}

function indexText(table: Table, index: SecondaryIndex): string {
  const types = index.KeySchema.map(({ AttributeName }) => typeOfKey(table, AttributeName));
  const { ProjectionType, NonKeyAttributes = [] } = index.Projection;
  return JSON.stringify([index.KeySchema, types, ProjectionType, [...NonKeyAttributes].sort()]);
}
