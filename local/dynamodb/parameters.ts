/** Which parameters of each operation are honoured. Every other one is refused by its name, never ignored. */
import { AwsError } from '../cloud/service.js';
import { notImplemented, type JsonMembers } from '../kms/aws-json.js';

const expressionNames = 'ExpressionAttributeNames';
const expressions = ['ConditionExpression', expressionNames, 'ExpressionAttributeValues'];
const writes = [...expressions, 'ReturnValues', 'ReturnItemCollectionMetrics', 'ReturnValuesOnConditionCheckFailure'];
const pages = ['IndexName', 'Select', 'Limit', 'ExclusiveStartKey', 'ConsistentRead', 'FilterExpression', 'ProjectionExpression', expressionNames, 'ExpressionAttributeValues'];

const parameters = {
  GetItem: ['TableName', 'Key', 'ConsistentRead', 'ProjectionExpression', expressionNames],
  PutItem: ['TableName', 'Item', ...writes],
  UpdateItem: ['TableName', 'Key', 'UpdateExpression', ...writes],
  DeleteItem: ['TableName', 'Key', ...writes],
  Query: ['TableName', 'KeyConditionExpression', 'ScanIndexForward', ...pages],
  Scan: ['TableName', 'Segment', 'TotalSegments', ...pages],
  BatchGetItem: ['RequestItems'],
  BatchWriteItem: ['RequestItems', 'ReturnItemCollectionMetrics'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type DataOperation = keyof typeof parameters;

/** The parameters that DynamoDB itself calls legacy. */
const legacy = new Set(['AttributesToGet', 'AttributeUpdates', 'ConditionalOperator', 'Expected', 'KeyConditions', 'QueryFilter', 'ScanFilter']);

/** @throws AwsError NotImplemented, ValidationException */
export function refuseUnknownParameters(operation: DataOperation, input: JsonMembers): void {
  const known: readonly string[] = parameters[operation];
  for (const [name, value] of Object.entries(input)) {
    if (value === null || value === undefined || known.includes(name)) continue;
    // Index writes are not counted here, so no number would be that of DynamoDB.
    if (name === 'ReturnConsumedCapacity' && value === 'NONE') continue;
    throw notImplemented(`the ${legacy.has(name) ? 'legacy ' : ''}parameter ${name} of dynamodb ${operation}${legacy.has(name) ? ': use expressions' : ''}`);
  }
  const onFailure = input['ReturnValuesOnConditionCheckFailure'];
  if (onFailure !== undefined && onFailure !== 'NONE' && onFailure !== 'ALL_OLD')
    throw new AwsError('ValidationException', 'ReturnValuesOnConditionCheckFailure must be ALL_OLD or NONE', 400);
  refuseOddSelect(input);
}

/** dynalite takes each Select with each projection. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html */
function refuseOddSelect({ Select: select, ProjectionExpression: projection, IndexName: index }: JsonMembers): void {
  const problem =
    select === 'SPECIFIC_ATTRIBUTES' && projection === undefined
      ? 'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES'
      : select !== undefined && select !== 'SPECIFIC_ATTRIBUTES' && projection !== undefined
        ? `Cannot specify the ProjectionExpression when choosing to get ${JSON.stringify(select)}`
        : select === 'ALL_PROJECTED_ATTRIBUTES' && index === undefined
          ? 'ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName'
          : undefined;
  if (problem !== undefined) throw new AwsError('ValidationException', problem, 400);
}
