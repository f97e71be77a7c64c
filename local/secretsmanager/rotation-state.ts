/** What is stored of a secret's rotation. rotation.ts says what it means. */
import * as z from 'zod';
import { rotationRules } from './rotation-rules.js';

const underway = z.object({
  /** The id of the version that the rotation makes; its ClientRequestToken. */
  token: z.string(),
  /** `test`: the step testSecret alone, for rules that were set without an immediate rotation. */
  kind: z.enum(['rotation', 'test']),
  failures: z.number(),
  /** Milliseconds. */
  attemptAt: z.number(),
});

export const rotationSchema = z.object({
  enabled: z.boolean(),
  functionArn: z.string(),
  rules: rotationRules,
  configuredAt: z.number(),
  lastRotatedAt: z.number().optional(),
  underway: underway.optional(),
  /** The RotationSchedule of the template that set it up, and what that said, hashed. */
  template: z.object({ logicalId: z.string(), fingerprint: z.string() }).optional(),
});
export type Rotation = z.infer<typeof rotationSchema>;
