/** What the SDK's standard mode does about failures that may pass: three attempts, with random pauses that grow. */
import { jsonMember } from './json-member.js';
import { AwsCallError } from './signed-request.js';

const mostAttempts = 3;
const firstPauseMilliseconds = 50;

/** What the services say when they are asked too much at once. */
const throttlingCodes = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'SlowDown',
  'ThrottlingException',
  'TooManyRequestsException',
]);
const connectionFailures = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

/** Does what may be done more than once, and does it again where it fails with what may pass. @throws what the last attempt threw */
export async function withRetries<T>(act: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      if (attempt === mostAttempts || !mayPass(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * firstPauseMilliseconds * 2 ** attempt));
    }
  }
}

function mayPass(error: unknown): boolean {
  if (error instanceof AwsCallError) return error.status >= 500 || throttlingCodes.has(error.code);
  const code = jsonMember(error, 'code');
  return typeof code === 'string' && connectionFailures.has(code);
}
