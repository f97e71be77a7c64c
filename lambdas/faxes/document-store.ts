/** Writes documents to their bucket. (They are read by presigned address: document-reader.ts.) */
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

const client = new S3Client({});

/** Stores a PDF under a key that is derived from its content: the same document under the same key is the same object. */
export async function putDocument(bucket: string, key: string, pdf: Buffer): Promise<void> {
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: pdf, ContentType: 'application/pdf' }));
}

/** Removes a document that no job refers to. */
export async function deleteDocument(bucket: string, key: string): Promise<void> {
  await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
}
