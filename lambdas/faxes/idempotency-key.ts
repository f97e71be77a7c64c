/** The header Idempotency-Key. Pure. */
import { invalidRequest } from '../platform/field-problems.js';

/** @throws ContractError invalid_request */
export function readIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined || /^[\x21-\x7e]{1,200}$/.test(header)) return header;
  throw invalidRequest([{ field: 'Idempotency-Key', message: 'must be 1 to 200 printable ASCII characters without blanks, such as a UUID' }]);
}
