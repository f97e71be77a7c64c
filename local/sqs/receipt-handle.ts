/** Receipt handles: which reception of which message a consumer means. Opaque to it. */
import { randomUUID } from 'node:crypto';
import { AwsError } from '../cloud/service.js';

export interface Receipt {
  readonly messageId: string;
  /** Of one reception. */
  readonly reception: string;
}

export function newReceipt(messageId: string): Receipt {
  return { messageId, reception: randomUUID() };
}

export function receiptHandle({ messageId, reception }: Receipt): string {
  return Buffer.from(`${messageId} ${reception}`).toString('base64');
}

/** @throws AwsError ReceiptHandleIsInvalid */
export function parseReceiptHandle(handle: string): Receipt {
  const [messageId, reception, ...rest] = Buffer.from(handle, 'base64').toString('utf8').split(' ');
  if (messageId === undefined || !/^[0-9a-f-]{36}$/.test(messageId) || reception === undefined || rest.length > 0)
    throw new AwsError('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" is not a valid receipt handle.`, 400);
  return { messageId, reception };
}
