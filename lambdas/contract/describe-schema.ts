/** How schemas get their words and names in the OpenAPI document. */
import * as z from 'zod/mini';

/** A schema with words for the OpenAPI document. */
export function described<S extends z.ZodMiniType>(schema: S, description: string): S {
  z.globalRegistry.add(schema, { description });
  return schema;
}

/** A schema that stands in the OpenAPI document under its own name. */
export function named<S extends z.ZodMiniType>(id: string, schema: S, description?: string): S {
  z.globalRegistry.add(schema, { id, ...(description === undefined ? {} : { description }) });
  return schema;
}

/** ISO 8601, UTC. Made anew at each use: a schema has one description. */
export const timestamp = (): z.ZodMiniISODateTime => described(z.iso.datetime(), 'ISO 8601, UTC');

/** A moment out of a query or a body: ISO 8601, with its zone. Made anew at each use: a schema has one description. */
export const pointInTime = (): z.ZodMiniISODateTime => z.iso.datetime({ offset: true, error: 'must be a date and time such as 2027-01-31T00:00:00Z' });

/** A whole number out of a query or a body, with one message for all that it can be instead. */
export function wholeNumberFrom(least: number, most: number, message = `must be a whole number from ${least} to ${most}`): z.ZodMiniType<number> {
  return z.coerce.number({ error: message }).check(z.int(message), z.minimum(least, message), z.maximum(most, message));
}
