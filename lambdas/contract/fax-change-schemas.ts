/** What the operations take that change a fax after it was accepted. */
import * as z from 'zod/mini';
import { described, named, pointInTime } from './describe-schema.js';

export const resendFaxSchema = named(
  'ResendFax',
  z.strictObject({
    to: described(z.optional(z.string().check(z.minLength(1), z.maxLength(100))), 'Another number; without it, the same'),
    provider: described(z.optional(z.string().check(z.maxLength(50))), 'The provider that has to send it; without it, those in force'),
    send_at: described(z.optional(pointInTime()), 'Not to be sent before: within 30 days'),
  }),
);

export const resolutions = ['delivered', 'not_delivered', 'send_again'] as const;

export const resolveFaxJobSchema = named(
  'ResolveFaxJob',
  z.strictObject({
    outcome: described(
      z.enum(resolutions, { error: `must be one of ${resolutions.join(', ')}` }),
      'delivered: it is a success. not_delivered: it has failed. send_again: it has failed, and a new fax with its document is sent',
    ),
    note: described(z.optional(z.string().check(z.maxLength(500))), 'How that is known. Stands with the attempt and in the audit trail, with its long numbers masked'),
  }),
);
