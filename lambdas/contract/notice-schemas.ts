/** The shapes around notices of how faxes come out. */
import * as z from 'zod/mini';
import { described, named } from './describe-schema.js';

export const noticeSecretSchema = named(
  'NoticeSecret',
  z.object({ owner: z.string(), secret: described(z.string(), 'For a library of Standard Webhooks: `whsec_` and base64. The same for all faxes of the owner.') }),
);
