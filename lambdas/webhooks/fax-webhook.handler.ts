/** Serves the callback addresses, where providers report how a fax is doing. */
import { ContractError } from '../contract/errors.js';
import { operations, type OperationServedBy } from '../contract/operations.js';
import { apiHandler, type Answer, type ApiRequest } from '../platform/api-handler.js';
import { readEnvironment } from '../platform/environment.js';
import { providerDirectory } from '../providers/provider-directory.js';
import { hasOwnCallback } from './callback-address.js';
import { webhookHearing } from './hear-webhook.js';
import { tellSender } from '../faxes/send-queue.js';

const environment = readEnvironment('fax-webhook');
const hear = webhookHearing({
  providers: providerDirectory(environment),
  tell: (heard) => tellSender(environment.SEND_QUEUE, heard),
});

type Request = Pick<ApiRequest<OperationServedBy<'fax-webhook'>>, 'url' | 'method' | 'headers' | 'bytes' | 'origin' | 'now'>;

const from = async (provider: string, { method, url, headers, bytes, origin, now }: Request): Promise<Answer> => {
  await hear(provider, { url: url(), method, headers, body: bytes, now }, origin);
  return { status: 200, body: { status: 'ok' } };
};

export const handler = apiHandler<'fax-webhook'>({
  phaxioCallback: (request) => from(operations.phaxioCallback.authentication.provider, request),
  sinchCallback: (request) => from(operations.sinchCallback.authentication.provider, request),
  telnyxCallback: (request) => from(operations.telnyxCallback.authentication.provider, request),
  signalwireCallback: (request) => from(operations.signalwireCallback.authentication.provider, request),
  providerCallback: async (request) => {
    if (hasOwnCallback(request.id)) throw new ContractError('provider_not_found');
    return from(request.id, request);
  },
});
