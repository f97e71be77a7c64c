/** Makes native keys in API Gateway and puts them on this API's usage plans. It can do nothing else there. */
import {
  APIGatewayClient,
  ConflictException,
  CreateApiKeyCommand,
  CreateUsagePlanKeyCommand,
  LimitExceededException,
  TooManyRequestsException,
} from '@aws-sdk/client-api-gateway';

export type Made<T> =
  | { readonly kind: 'made'; readonly value: T }
  /** Another one has it already. */
  | { readonly kind: 'taken' }
  /** The region has no room for more native keys (10,000). */
  | { readonly kind: 'region-full' }
  /** API Gateway asks to be left alone for a while. */
  | { readonly kind: 'slowed-down' };

export interface UsagePlanStore {
  /** Makes a native key of this value; gives its id. */
  createKey(value: string, name: string): Promise<Made<string>>;
  addToPlan(planId: string, nativeId: string): Promise<Made<undefined>>;
}

export function usagePlanStore(): UsagePlanStore {
  const client = new APIGatewayClient({});
  return {
    createKey: (value, name) =>
      outcomeOf(async () => {
        const { id } = await client.send(new CreateApiKeyCommand({ name, value, enabled: true, description: 'Made by Faxbot: stands for one API key; no secret' }));
        if (id === undefined) throw new Error('API Gateway made a native key without an id');
        return id;
      }),
    addToPlan: (usagePlanId, keyId) =>
      outcomeOf(async () => {
        await client.send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId, keyType: 'API_KEY' }));
        return undefined;
      }),
  };
}

/** @throws whatever is none of the outcomes, such as a missing permission */
async function outcomeOf<T>(make: () => Promise<T>): Promise<Made<T>> {
  try {
    return { kind: 'made', value: await make() };
  } catch (error) {
    if (error instanceof ConflictException) return { kind: 'taken' };
    if (error instanceof LimitExceededException) return { kind: 'region-full' };
    if (error instanceof TooManyRequestsException) return { kind: 'slowed-down' };
    throw error;
  }
}
