/** The stores of limits against the DynamoDB of this machine, as a function calls it: signed, and each call counted. */
import { createDynamodb, type DynamodbModule } from '../../local/dynamodb/dynamodb.js';
import { startOneModule, type OneModule } from '../local/one-module.js';

export interface TableUnderTest {
  readonly name: string;
  readonly cloud: OneModule<DynamodbModule>;
  /** The calls since the last time, such as `dynamodb:UpdateItem`. */
  takeCalls(): string[];
}

/** Makes a table, and this process a function that may do everything with it. */
export async function startTable(properties: Readonly<Record<string, unknown>>): Promise<TableUnderTest> {
  const name = 'table-under-test';
  const cloud = await startOneModule(createDynamodb);
  await cloud.create('AWS::DynamoDB::Table', { TableName: name, BillingMode: 'PAY_PER_REQUEST', ...properties });
  const { accessKeyId, secretAccessKey, sessionToken = '' } = cloud.function.credentials;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: cloud.endpointUrl,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  });
  return { name, cloud, takeCalls: () => cloud.asked.splice(0).map((asked) => asked.split(' ')[0] ?? '') };
}
