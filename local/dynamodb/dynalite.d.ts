/** The parts of dynalite that the engine uses: its parsers and checks, and its actions over a store of ours. */

declare module 'dynalite/db/index.js' {
  import type { Stream } from 'node:stream';
  type AttributeValue = import('./item.js').AttributeValue;
  type Item = import('./item.js').Item;
  type Table = import('./table.js').Table;
  type SecondaryIndex = import('./table.js').SecondaryIndex;

  export type Path = readonly (string | number)[];

  /** A node of a condition: a comparison, `and`, `or`, `not`, or a function. */
  export interface Expression {
    readonly type: string;
    readonly name?: string;
    readonly args: readonly Operand[];
  }
  export type Operand = Path | AttributeValue | Expression;

  export interface ParsedCondition {
    expression: Expression;
    readonly nestedPaths: Readonly<Record<string, boolean>>;
    readonly pathHeads: Readonly<Record<string, boolean>>;
  }
  export interface UpdateSection {
    readonly type: 'set' | 'remove' | 'add' | 'delete';
    readonly path: Path;
    readonly val?: Operand;
  }

  export interface ParsedProjection {
    readonly paths?: readonly Path[] | undefined;
    readonly nestedPaths: Readonly<Record<string, boolean>>;
  }
  /** One table's part of a BatchGetItem. */
  export interface CheckedKeys {
    readonly Keys: readonly Item[];
    readonly _projection?: ParsedProjection;
  }
  /** One write of a BatchWriteItem. */
  export interface CheckedWrite {
    readonly PutRequest?: { readonly Item: Item };
    readonly DeleteRequest?: { readonly Key: Item };
  }

  /** A request after `checkTypes` and `checkValidations`; what begins with `_` is parsed. */
  export interface CheckedRequest {
    readonly TableName: string;
    readonly IndexName?: string;
    readonly Key?: Item;
    readonly Item?: Item;
    readonly ExclusiveStartKey?: Item;
    readonly Select?: string;
    readonly ReturnValues?: string;
    readonly KeyConditions?: Readonly<Record<string, { readonly AttributeValueList: readonly AttributeValue[] }>>;
    readonly RequestItems?: Readonly<Record<string, CheckedKeys | readonly CheckedWrite[]>>;
    _condition?: ParsedCondition;
    _filter?: ParsedCondition;
    _projection?: ParsedProjection;
    _updates?: { sections: UpdateSection[]; readonly paths: readonly Path[] };
  }

  export interface DynaliteError extends Error {
    readonly statusCode?: number;
    readonly body?: { readonly __type: string; readonly message?: string; readonly Message?: string };
  }
  export type Callback<Value = undefined> = (error?: Error | null, value?: Value) => void;

  export interface ValueRange {
    readonly gt?: string;
    readonly gte?: string;
    readonly lt?: string;
    readonly lte?: string;
    readonly reverse?: boolean;
    readonly limit?: number;
  }
  export interface SubDatabase {
    lock(key: string, body: (release: <Args extends unknown[]>(callback: (...args: Args) => void) => (...args: Args) => void) => void): void;
    get(key: string, callback: Callback<Item>): void;
    put(key: string, value: Item, callback: Callback): void;
    del(key: string, callback: Callback): void;
    createValueStream(range: ValueRange): Stream;
  }
  export interface Store {
    readonly options: { readonly maxItemSize: number };
    getTable(name: string, checkStatus: boolean | Callback<Table>, callback?: Callback<Table>): void;
    getItemDb(table: string): SubDatabase;
    getIndexDb(indexType: string, table: string, index: string): SubDatabase;
  }

  interface Database {
    createKey(item: Item, table: Table, keySchema?: Table['KeySchema']): string;
    createIndexKey(item: Item, table: Table, keySchema: Table['KeySchema']): string;
    validateItem(item: Item, table: Table): DynaliteError | null | undefined;
    validateKey(key: Item, table: Table): DynaliteError | null | undefined;
    mapPaths(paths: readonly Path[], item: Item): Item;
    mapPath(path: Path, item: Item): AttributeValue | null | undefined;
    toLexiStr(value: string, type: 'N'): string;
    itemSize(item: Item): number;
    getIndexActions(
      indexes: readonly SecondaryIndex[],
      existing: Item | null,
      item: Item | null,
      table: Table,
    ): {
      readonly puts: readonly { readonly index: string; readonly key: string; readonly item: Item }[];
      readonly deletes: readonly { readonly index: string; readonly key: string }[];
    };
    validationError(message: string): DynaliteError;
  }
  const database: Database;
  export default database;
}

declare module 'dynalite/validations/index.js' {
  import type { CheckedRequest, Store } from 'dynalite/db/index.js';
  interface Validations {
    checkTypes(data: unknown, types: unknown): CheckedRequest;
    checkValidations(data: CheckedRequest, types: unknown, custom: unknown, store: Pick<Store, 'options'>): void;
  }
  const validations: Validations;
  export default validations;
}

declare module 'dynalite/validations/*.js' {
  const validation: { readonly types: unknown; readonly custom: unknown };
  export default validation;
}

declare module 'dynalite/actions/*.js' {
  import type { CheckedRequest, Store } from 'dynalite/db/index.js';
  type Item = import('./item.js').Item;
  export interface ActionResult {
    Item?: Item;
    Items?: readonly Item[];
    Attributes?: Item;
    Count?: number;
    ScannedCount?: number;
    LastEvaluatedKey?: Item;
  }
  const action: (store: Store, data: CheckedRequest, callback: (error?: Error | null, result?: ActionResult) => void) => void;
  export default action;
}
