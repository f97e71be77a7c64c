/** How S3 tells an error: XML, in its own words. */
import type { AwsError } from '../cloud/service.js';
import { S3Error, type Answer } from './answer.js';
import { element, textElement } from './xml.js';

export function errorAnswer(error: AwsError, path: string, requestId: string): Answer {
  // What KMS refuses, S3 tells in its own words.
  const refusedByKms = error.code === 'AccessDeniedException';
  const body = element(
    'Error',
    textElement('Code', refusedByKms ? 'AccessDenied' : error.code),
    textElement('Message', error.message),
    textElement('Resource', path),
    textElement('RequestId', requestId),
  );
  return {
    status: refusedByKms ? 403 : error.status,
    headers: { 'content-type': 'application/xml', ...(error instanceof S3Error ? error.headers : {}) },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
  };
}
