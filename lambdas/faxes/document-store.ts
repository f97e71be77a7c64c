/** Writes documents to their bucket. (They are read by presigned address: document-reader.ts.) */
import { deleteObject, putObject } from '../platform/stored-object.js';

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
