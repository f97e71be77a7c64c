/** DeleteObject and DeleteObjects. Deleting a key that is not there succeeds, as on AWS. */
import { AwsError } from '../cloud/service.js';
import { objectArn, xmlAnswer, type Answer, type BucketRequest, type ObjectRequest, type S3State } from './answer.js';
import { checkWriteCondition } from './conditions.js';
import { bypassesGovernance, refuseRetained } from './object-lock.js';
import { verifyBody } from './request-body.js';
import { currentObject, withoutCurrent, withoutVersion } from './object-record.js';
import { newVersionId } from './put-object.js';
import { element, fields, malformedXml, parseXml, s3Document, textElement } from './xml.js';

interface Deletion {
  /** Of the version that was deleted, or of the marker that was left. */
  readonly versionId: string | undefined;
  readonly deleteMarker: boolean;
}

export async function deleteObject(state: S3State, request: ObjectRequest): Promise<Answer> {
  const versionId = request.query.get('versionId') ?? undefined;
  authorizeDeletion(state, request, request.key, versionId);
  const deletion = await removeFrom(state, request, request.key, versionId, request.headers);
  return {
    status: 204,
    headers: {
      ...(deletion.versionId === undefined ? {} : { 'x-amz-version-id': deletion.versionId }),
      ...(deletion.deleteMarker ? { 'x-amz-delete-marker': 'true' } : {}),
    },
  };
}

export async function deleteObjects(state: S3State, request: BucketRequest): Promise<Answer> {
  verifyBody(request);
  const root = parseXml(request.body.toString('utf8'));
  if (root.name !== 'Delete') throw malformedXml();
  const quiet = root.children.some((child) => child.name === 'Quiet' && child.text.trim() === 'true');
  const wanted = root.children.filter((child) => child.name !== 'Quiet');
  if (wanted.length === 0 || wanted.length > 1000 || wanted.some((child) => child.name !== 'Object')) throw malformedXml();

  const results: string[] = [];
  for (const entry of wanted) {
    const { Key, VersionId } = fields(entry, 'Key', 'VersionId');
    if (Key === undefined || Key.text === '') throw malformedXml();
    const asked = [textElement('Key', Key.text), ...(VersionId === undefined ? [] : [textElement('VersionId', VersionId.text)])];
    try {
      authorizeDeletion(state, request, Key.text, VersionId?.text);
      const deletion = await removeFrom(state, request, Key.text, VersionId?.text, {});
      const marker = deletion.deleteMarker
        ? [textElement('DeleteMarker', true), textElement('DeleteMarkerVersionId', deletion.versionId ?? 'null')]
        : [];
      if (!quiet) results.push(element('Deleted', ...asked, ...marker));
    } catch (error) {
      // One refused key does not stop the others: its error stands in the answer.
      if (!(error instanceof AwsError)) throw error;
      results.push(element('Error', ...asked, textElement('Code', error.code), textElement('Message', error.message)));
    }
  }
  return xmlAnswer(s3Document('DeleteResult', ...results));
}

function authorizeDeletion(state: S3State, request: BucketRequest, key: string, versionId: string | undefined): void {
  const action = versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion';
  state.dependencies.authorize(request.principal, action, objectArn(request.bucket, key));
}

async function removeFrom(
  state: S3State,
  request: BucketRequest,
  key: string,
  versionId: string | undefined,
  conditions: Readonly<Record<string, string>>,
): Promise<Deletion> {
  const { bucket } = request;
  const bypasses = versionId !== undefined && bypassesGovernance(state, request, key);
  let deletion: Deletion = { versionId, deleteMarker: false };
  await state.objects.change(bucket.name, key, (versions) => {
    checkWriteCondition(conditions, currentObject(versions));
    if (versionId !== undefined) {
      const removed = versions.find((version) => version.versionId === versionId);
      refuseRetained(removed, bypasses, state.now());
      deletion = { versionId, deleteMarker: removed?.kind === 'delete-marker' };
      return withoutVersion(versions, versionId);
    }
    const marker = { kind: 'delete-marker', versionId: newVersionId(), lastModified: state.now() } as const;
    const left = withoutCurrent(versions, bucket.versioning, marker);
    const newest = left[0];
    if (newest?.kind === 'delete-marker') deletion = { versionId: newest.versionId, deleteMarker: true };
    return left;
  });
  return deletion;
}
