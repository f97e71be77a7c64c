/** ListBuckets, HeadBucket, GetBucketLocation, GetBucketVersioning: what one needs to look around. */
import type { Principal } from '../cloud/service.js';
import { xmlAnswer, type Answer, type BucketRequest, type S3State } from './answer.js';
import { element, s3Document, textElement } from './xml.js';

export function listBuckets(state: S3State, principal: Principal): Answer {
  state.dependencies.authorize(principal, 's3:ListAllMyBuckets', '*');
  const buckets = state.buckets
    .all()
    .map(({ name, createdAt }) =>
      element('Bucket', textElement('Name', name), textElement('CreationDate', new Date(createdAt).toISOString())),
    );
  const owner = element('Owner', textElement('ID', state.dependencies.identity.accountId));
  return xmlAnswer(s3Document('ListAllMyBucketsResult', owner, element('Buckets', ...buckets)));
}

export function headBucket(state: S3State, request: BucketRequest): Answer {
  state.dependencies.authorize(request.principal, 's3:ListBucket', request.bucket.arn);
  return { status: 200, headers: { 'x-amz-bucket-region': state.dependencies.identity.region } };
}

export function getBucketLocation(state: S3State, request: BucketRequest): Answer {
  state.dependencies.authorize(request.principal, 's3:GetBucketLocation', request.bucket.arn);
  // The oldest region has no location constraint. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
  const { region } = state.dependencies.identity;
  return xmlAnswer(s3Document('LocationConstraint', region === 'us-east-1' ? '' : region));
}

export function getBucketVersioning(state: S3State, request: BucketRequest): Answer {
  state.dependencies.authorize(request.principal, 's3:GetBucketVersioning', request.bucket.arn);
  const { versioning } = request.bucket;
  return xmlAnswer(s3Document('VersioningConfiguration', versioning === 'Off' ? '' : textElement('Status', versioning)));
}
