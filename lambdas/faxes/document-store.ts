/** Writes documents to their bucket. (They are read by presigned address: document-reader.ts.) */
import { ContractError } from '../contract/errors.js';
import { AwsCallError } from '../platform/signed-request.js';
import { copyObject, deleteObject, putObject } from '../platform/stored-object.js';

/**
 * Stores a PDF under a key that is derived from its content: the same document under the same key is the same object.
 * @param sha256 of the document, in hex
 */
export async function putDocument(bucket: string, key: string, pdf: Buffer, sha256: string): Promise<void> {
  await putObject(bucket, key, { bytes: pdf, contentType: 'application/pdf', sha256 });
}

/** Removes a document that no job refers to. */
export async function deleteDocument(bucket: string, key: string): Promise<void> {
  await deleteObject(bucket, key);
}

/** Copies a document to where another job keeps it. @throws ContractError document_gone */
export async function copyDocument(bucket: string, from: string, to: string): Promise<void> {
  try {
    await copyObject(bucket, from, to);
  } catch (error) {
    // Without the right to list the bucket, S3 would answer 403, as if the right to read were missing.
    if (error instanceof AwsCallError && error.code === 'NoSuchKey') throw new ContractError('document_gone', { cause: error });
    throw error;
  }
}
