/** DeleteMessage(Batch) and ChangeMessageVisibility(Batch): what a consumer says about a message that it received. */
import * as z from 'zod';
import { checkEntries, eachEntry, entryId } from './batch.js';
import { authorizedQueue, operation } from './operation.js';

const timeout = z.int().min(0).max(43_200);

export const deleteMessage = operation(
  z.strictObject({ QueueUrl: z.string(), ReceiptHandle: z.string() }),
  async (state, { QueueUrl, ReceiptHandle }, call) => {
    await authorizedQueue(state, call, QueueUrl, 'sqs:DeleteMessage').delete(ReceiptHandle);
    return {};
  },
);

export const deleteMessageBatch = operation(
  z.strictObject({ QueueUrl: z.string(), Entries: z.array(z.strictObject({ Id: entryId, ReceiptHandle: z.string() })) }),
  async (state, { QueueUrl, Entries }, call) => {
    const queue = authorizedQueue(state, call, QueueUrl, 'sqs:DeleteMessage');
    checkEntries(Entries);
    return eachEntry(Entries, async ({ ReceiptHandle }) => {
      await queue.delete(ReceiptHandle);
      return {};
    });
  },
);

export const changeMessageVisibility = operation(
  z.strictObject({ QueueUrl: z.string(), ReceiptHandle: z.string(), VisibilityTimeout: timeout }),
  (state, { QueueUrl, ReceiptHandle, VisibilityTimeout }, call) => {
    authorizedQueue(state, call, QueueUrl, 'sqs:ChangeMessageVisibility').changeVisibility(ReceiptHandle, VisibilityTimeout);
    return {};
  },
);

export const changeMessageVisibilityBatch = operation(
  z.strictObject({
    QueueUrl: z.string(),
    Entries: z.array(z.strictObject({ Id: entryId, ReceiptHandle: z.string(), VisibilityTimeout: timeout })),
  }),
  async (state, { QueueUrl, Entries }, call) => {
    const queue = authorizedQueue(state, call, QueueUrl, 'sqs:ChangeMessageVisibility');
    checkEntries(Entries);
    return eachEntry(Entries, ({ ReceiptHandle, VisibilityTimeout }) => {
      queue.changeVisibility(ReceiptHandle, VisibilityTimeout);
      return {};
    });
  },
);
