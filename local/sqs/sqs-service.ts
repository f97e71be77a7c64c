/** SQS on the endpoint: the same operations in AWS JSON 1.0 (SDKs) and in the query protocol (older CLIs). */
import type { ServerResponse } from 'node:http';
import { AwsError, type AwsService, type SignedRequest } from '../cloud/service.js';
import { element, textElement } from '../s3/xml.js';
import { getQueueAttributes, getQueueUrl, listDeadLetterSourceQueues, listQueues, purgeQueue } from './look-at-queues.js';
import { startMessageMoveTask } from './move-task.js';
import type { Operation, SqsState } from './operation.js';
import { parseQuery, queryAnswer } from './query-protocol.js';
import { receiveMessage } from './receive.js';
import { sendMessage, sendMessageBatch } from './send.js';
import { changeMessageVisibility, changeMessageVisibilityBatch, deleteMessage, deleteMessageBatch } from './settle.js';
import { queryCode } from './sqs-errors.js';

const operations = new Map<string, Operation>(
  Object.entries({
    SendMessage: sendMessage,
    SendMessageBatch: sendMessageBatch,
    ReceiveMessage: receiveMessage,
    DeleteMessage: deleteMessage,
    DeleteMessageBatch: deleteMessageBatch,
    ChangeMessageVisibility: changeMessageVisibility,
    ChangeMessageVisibilityBatch: changeMessageVisibilityBatch,
    GetQueueUrl: getQueueUrl,
    GetQueueAttributes: getQueueAttributes,
    ListQueues: listQueues,
    ListDeadLetterSourceQueues: listDeadLetterSourceQueues,
    PurgeQueue: purgeQueue,
    StartMessageMoveTask: startMessageMoveTask,
  }),
);

export function sqsService(state: SqsState): AwsService {
  return {
    signingName: 'sqs',
    handle: async (request, response) => {
      const query = request.headers['x-amz-target'] === undefined;
      // A consumer that went away while it waited must not be given a message.
      const gone = new AbortController();
      response.once('close', () => { gone.abort(); });
      try {
        const { operation, input } = query ? parseQuery(request.body.toString('utf8')) : parseJson(request);
        const run = operations.get(operation);
        if (run === undefined) throw new AwsError('NotImplemented', `The local SQS does not support the operation ${operation}.`, 501);
        const answer = await run(state, input, { principal: request.principal, gone: gone.signal });
        if (query) send(response, 200, 'text/xml', queryAnswer(operation, answer, request.requestId));
        else send(response, 200, 'application/x-amz-json-1.0', JSON.stringify(answer));
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        sendError(response, query, named(error), request.requestId);
      }
    },
  };
}

function parseJson(request: SignedRequest): { readonly operation: string; readonly input: unknown } {
  const [service, operation] = (request.headers['x-amz-target'] ?? '').split('.');
  if (service !== 'AmazonSQS' || operation === undefined)
    throw new AwsError('UnknownOperationException', 'Expected X-Amz-Target: AmazonSQS.<operation>.', 400);
  try {
    return { operation, input: JSON.parse(request.body.toString('utf8')) };
  } catch {
    throw new AwsError('SerializationException', 'The body is not JSON.', 400);
  }
}

/** What a refused permission is called by the JSON services. */
function named(error: AwsError): AwsError {
  return error.code === 'AccessDenied' ? new AwsError('AccessDeniedException', error.message, error.status) : error;
}

function sendError(response: ServerResponse, query: boolean, error: AwsError, requestId: string): void {
  const fault = error.status >= 500 ? 'Receiver' : 'Sender';
  if (query) {
    const body = element('Error', textElement('Type', fault), textElement('Code', queryCode(error.code)), textElement('Message', error.message), '<Detail/>');
    const document = `<?xml version="1.0"?><ErrorResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/">${body}${textElement('RequestId', requestId)}</ErrorResponse>`;
    send(response, error.status, 'text/xml', document);
    return;
  }
  // Clients that came from the query protocol look for its codes in this header.
  // https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#x-amzn-query-error
  response.setHeader('x-amzn-query-error', `${queryCode(error.code)};${fault}`);
  send(response, error.status, 'application/x-amz-json-1.0', JSON.stringify({ __type: `com.amazonaws.sqs#${error.code}`, message: error.message }));
}

function send(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
