/** Small bodies: a form and JSON. */
import type { RequestBody } from './provider-exchange.js';

/** `application/x-www-form-urlencoded`. */
export function formBody(fields: readonly (readonly [name: string, value: string])[]): RequestBody {
  const form = new URLSearchParams();
  for (const [name, value] of fields) form.append(name, value);
  return smallBody('application/x-www-form-urlencoded', form.toString());
}

export function jsonBody(value: unknown): RequestBody {
  return smallBody('application/json', JSON.stringify(value));
}

function smallBody(type: string, text: string): RequestBody {
  const bytes = Buffer.from(text);
  return { type, bytes: bytes.length, chunks: [bytes] };
}
