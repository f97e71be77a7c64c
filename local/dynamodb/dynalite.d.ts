/** The parts of dynalite that the engine uses: its parsers and checks, and its actions over a store of ours. */

declare module 'dynalite/db/index.js' {
  import { type Stream } from 'node:stream';

  namespace database {
    interface AttributeValue {
      readonly S?: string;
      /** Decimal digits, normalized by `checkValidations`: equal numbers are equal text. */
      readonly N?: string;
      /** base64 */
      readonly B?: string;
      readonly BOOL?: boolean;
      readonly NULL?: true;
      readonly SS?: readonly string[];
      readonly NS?: readonly string[];
      readonly BS?: readonly string[];
      readonly L?: readonly AttributeValue[];
      readonly M?: Item;
    }
    type Item = Readonly<Record<string, AttributeValue>>;

    type KeySchema = readonly { readonly AttributeName: string; readonly KeyType: 'HASH' | 'RANGE' }[];
    interface Index {
      readonly IndexName: string;
      readonly KeySchema: KeySchema;
      readonly Projection: { readonly ProjectionType: 'ALL' | 'KEYS_ONLY' | 'INCLUDE'; readonly NonKeyAttributes?: readonly string[] | undefined };
    }
    interface Table {
      readonly TableName: string;
      readonly AttributeDefinitions: readonly { readonly AttributeName: string; readonly AttributeType: 'S' | 'N' | 'B' }[];
      readonly KeySchema: KeySchema;
      readonly GlobalSecondaryIndexes: readonly Index[];
    }

    type Path = readonly (string | number)[];
    /** A node of a condition: a comparison, `and`, `or`, `not`, or a function. */
    interface Expression {
      readonly type: string;
      readonly name?: string;
      readonly args: readonly Operand[];
    }
    type Operand = Path | AttributeValue | Expression;
    interface ParsedCondition {
      expression: Expression;
      readonly nestedPaths: Readonly<Record<string, boolean>>;
      readonly pathHeads: Readonly<Record<string, boolean>>;
    }
    interface ParsedProjection {
      readonly paths?: readonly Path[] | undefined;
      readonly nestedPaths: Readonly<Record<string, boolean>>;
    }
    interface UpdateSection {
      readonly type: 'set' | 'remove' | 'add' | 'delete';
      readonly path: Path;
      readonly val?: Operand;
    }

    /** One table's part of a BatchGetItem. */
    interface CheckedKeys {
      readonly Keys: readonly Item[];
      readonly _projection?: ParsedProjection;
    }
    /** One write of a BatchWriteItem. */
    interface CheckedWrite {
      readonly PutRequest?: { readonly Item: Item };
      readonly DeleteRequest?: { readonly Key: Item };
    }
    /** A request after `checkTypes` and `checkValidations`; what begins with `_` is parsed. */
    interface CheckedRequest {
      readonly TableName: string;
      readonly IndexName?: string;
      readonly Key?: Item;
      readonly Item?: Item;
      readonly ExclusiveStartKey?: Item;
      readonly Select?: string;
      readonly KeyConditions?: Readonly<Record<string, { readonly AttributeValueList: readonly AttributeValue[] }>>;
      readonly RequestItems?: Readonly<Record<string, CheckedKeys | readonly CheckedWrite[]>>;
      _condition?: ParsedCondition;
      _filter?: ParsedCondition;
      _projection?: ParsedProjection;
      _updates?: { sections: UpdateSection[]; readonly paths: readonly Path[] };
    }
    interface ActionResult {
      Item?: Item;
      Items?: readonly Item[];
      Attributes?: Item;
      Count?: number;
      ScannedCount?: number;
      LastEvaluatedKey?: Item;
    }

    interface DynaliteError extends Error {
      readonly statusCode?: number;
      readonly body?: { readonly __type: string; readonly message?: string; readonly Message?: string };
    }
    type Callback<Value = undefined> = (error?: Error | null, value?: Value) => void;
    type Release = <Args extends unknown[]>(callback: (...args: Args) => void) => (...args: Args) => void;
    interface ValueRange {
      readonly gt?: string;
      readonly gte?: string;
      readonly lt?: string;
      readonly lte?: string;
      readonly reverse?: boolean;
      readonly limit?: number;
    }
    interface SubDatabase {
      lock(key: string, body: (release: Release) => void): void;
      get(key: string, callback: Callback<Item>): void;
      put(key: string, value: Item, callback: Callback): void;
      del(key: string, callback: Callback): void;
      createValueStream(range: ValueRange): Stream;
    }
    interface Store {
      readonly options: { readonly maxItemSize: number };
      getTable(name: string, checkStatus: boolean | Callback<Table>, callback?: Callback<Table>): void;
      getItemDb(table: string): SubDatabase;
      getIndexDb(indexType: string, table: string, index: string): SubDatabase;
    }
    interface IndexActions {
      readonly puts: readonly { readonly index: string; readonly key: string; readonly item: Item }[];
      readonly deletes: readonly { readonly index: string; readonly key: string }[];
    }
  }

  const database: {
    createKey(item: database.Item, table: database.Table, keySchema?: database.KeySchema): string;
    createIndexKey(item: database.Item, table: database.Table, keySchema: database.KeySchema): string;
    validateItem(item: database.Item, table: database.Table): database.DynaliteError | null | undefined;
    validateKey(key: database.Item, table: database.Table): database.DynaliteError | null | undefined;
    mapPaths(paths: readonly database.Path[], item: database.Item): database.Item;
    mapPath(path: database.Path, item: database.Item): database.AttributeValue | null | undefined;
    toLexiStr(value: string, type: 'N'): string;
    itemSize(item: database.Item): number;
    getIndexActions(
      indexes: readonly database.Index[],
      existing: database.Item | null,
      item: database.Item | null,
      table: database.Table,
    ): database.IndexActions;
    validationError(message: string): database.DynaliteError;
  };
  export = database;
}

declare module 'dynalite/validations/index.js' {
  import { type CheckedRequest, type Store } from 'dynalite/db/index.js';
  const validations: {
    checkTypes(data: unknown, types: unknown): CheckedRequest;
    checkValidations(data: CheckedRequest, types: unknown, custom: unknown, store: Pick<Store, 'options'>): void;
  };
  export = validations;
}

declare module 'dynalite/validations/*.js' {
  const validation: { readonly types: unknown; readonly custom: unknown };
  export = validation;
}

declare module 'dynalite/actions/*.js' {
  import { type ActionResult, type Callback, type CheckedRequest, type Store } from 'dynalite/db/index.js';
  const action: (store: Store, data: CheckedRequest, callback: Callback<ActionResult>) => void;
  export = action;
}
