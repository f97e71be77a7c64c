/** Where the auditor's command reads: table, anchors and log of a gateway, by the SDK and the auditor's own credentials. */
import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { anchorsPrefix, placeOfAnchor, readAnchorKey, type KnownAnchor } from '../lambdas/audit/anchor.js';
import { toStoredLink, type Position, type StoredLink } from '../lambdas/audit/link.js';
import { eachOnce, witnessOfRecord, type Witness } from '../lambdas/audit/witness.js';

export interface ClientConfiguration {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export interface AuditSources {
  forward(after: number, limit: number): Promise<{ readonly links: readonly StoredLink[]; readonly more: boolean }>;
  list(): Promise<readonly KnownAnchor[]>;
  read(anchor: KnownAnchor): Promise<Position>;
  /** What the log tells of the chain since a time (epoch milliseconds). */
  logWitnesses(since: number): Promise<readonly Witness[]>;
}

export function auditSources(names: { readonly table: string; readonly bucket: string; readonly logGroup: string | undefined }, configuration: ClientConfiguration): AuditSources {
  const dynamodb = new DynamoDBClient(configuration);
  const s3 = new S3Client(configuration);
  const logs = new CloudWatchLogsClient(configuration);
  return {
    async forward(after, limit) {
      const { Items = [], LastEvaluatedKey: last } = await dynamodb.send(
        new QueryCommand({
          TableName: names.table,
          KeyConditionExpression: 'pk = :chain AND #sequence > :after',
          ExpressionAttributeNames: { '#sequence': 'sequence' },
          ExpressionAttributeValues: { ':chain': { S: 'CHAIN' }, ':after': { N: String(after) } },
          ConsistentRead: true,
          Limit: limit,
        }),
      );
      return { links: Items.map((item) => toStoredLink(unmarshall(item))), more: last !== undefined };
    },

    async list() {
      const found: KnownAnchor[] = [];
      let marker: { readonly KeyMarker?: string | undefined; readonly VersionIdMarker?: string | undefined } = {};
      for (;;) {
        const page = await s3.send(new ListObjectVersionsCommand({ Bucket: names.bucket, Prefix: anchorsPrefix, ...marker }));
        for (const { Key: key = '', VersionId: versionId = '' } of page.Versions ?? []) {
          const said = readAnchorKey(key);
          if (said !== undefined) found.push({ key, versionId, ...said });
        }
        if (page.IsTruncated !== true) return found;
        marker = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
      }
    },

    async read({ key, versionId }) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: names.bucket, Key: key, VersionId: versionId }));
      return placeOfAnchor(key, (await Body?.transformToString()) ?? '');
    },

    async logWitnesses(since) {
      if (names.logGroup === undefined) return [];
      let found: readonly Witness[] = [];
      const query = { logGroupName: names.logGroup, startTime: since, filterPattern: '{ $.sequence > 0 }' };
      for await (const { events = [] } of paginateFilterLogEvents({ client: logs }, query)) {
        found = eachOnce([...found, ...events.flatMap(({ message }) => (message === undefined ? [] : (witnessOfRecord(message) ?? [])))]);
      }
      return found;
    },
  };
}
