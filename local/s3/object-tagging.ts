/** GetObjectTagging, PutObjectTagging, DeleteObjectTagging. */
import { objectArn, versionHeaders, xmlAnswer, type Answer, type ObjectRequest, type S3State } from './answer.js';
import { objectOfRequest } from './get-object.js';
import { tagsOfXml } from './object-description.js';
import type { StoredObject } from './object-record.js';
import { verifyBody } from './request-body.js';
import { element, s3Document, textElement } from './xml.js';

export async function getObjectTagging(state: S3State, request: ObjectRequest): Promise<Answer> {
  const object = await taggedObject(state, request, 's3:GetObject');
  const tags = Object.entries(object.tags).map(([name, value]) =>
    element('Tag', textElement('Key', name), textElement('Value', value)),
  );
  return xmlAnswer(s3Document('Tagging', element('TagSet', ...tags)), versionHeaders(object.versionId));
}

export async function putObjectTagging(state: S3State, request: ObjectRequest): Promise<Answer> {
  const object = await taggedObject(state, request, 's3:PutObject');
  verifyBody(request);
  await setTags(state, request, object, tagsOfXml(request.body.toString('utf8')));
  return { status: 200, headers: versionHeaders(object.versionId) };
}

export async function deleteObjectTagging(state: S3State, request: ObjectRequest): Promise<Answer> {
  const object = await taggedObject(state, request, 's3:DeleteObject');
  await setTags(state, request, object, {});
  return { status: 204, headers: versionHeaders(object.versionId) };
}

async function taggedObject(state: S3State, request: ObjectRequest, verb: string): Promise<StoredObject> {
  const versionId = request.query.get('versionId') ?? undefined;
  const action = `${verb}${versionId === undefined ? '' : 'Version'}Tagging`;
  state.dependencies.authorize(request.principal, action, objectArn(request.bucket, request.key));
  return objectOfRequest(state, request, versionId);
}

async function setTags(
  state: S3State,
  request: ObjectRequest,
  object: StoredObject,
  tags: Readonly<Record<string, string>>,
): Promise<void> {
  // The body file tells a version apart even where versions have no id of their own.
  await state.objects.change(request.bucket.name, request.key, (versions) =>
    versions.map((version) =>
      version.kind === 'object' && version.bodyFile === object.bodyFile ? { ...version, tags } : version,
    ),
  );
}
