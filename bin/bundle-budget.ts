/** What a function's bundle may weigh and hold: a cold start reads, parses and compiles all of it (docs/adr/0004-bundle-sizes.md). */
import type { FunctionName } from '../lambdas/contract/environment.js';

/** In KB of 1024 bytes. */
const budgets: Readonly<Partial<Record<FunctionName, number>>> = {
  // It starts before every other function. It carries the table of operations, which grows with them; the target is 60, and a
  // logger or a client alone would go past this.
  authorizer: 50,
  // The form parser, the phone numbers of the world and the text layout in one; the PDF engine and the font lie beside it.
  'fax-upload': 350,
};
const otherBudget = 400;

/** They call AWS by signed requests alone (docs/adr/0010-no-sdk-in-the-way-of-a-fax.md). */
const withoutSdk: ReadonlySet<FunctionName> = new Set<FunctionName>(['authorizer', 'fax-upload', 'fax-read', 'fax-change', 'fax-sender', 'fax-webhook', 'health']);
const wordsOfTheSdk = 'aws-sdk-js';

/** What must be in no bundle, with words of it that a minifier leaves alone. */
const intruders = [
  { what: "the whole of zod, by import { z } from 'zod'", words: 'Entrada inv' },
  { what: 'the X-Ray tracer', words: 'AWS_XRAY_CONTEXT_MISSING' },
];

export interface BundleVerdict {
  readonly kilobytes: number;
  readonly budget: number;
  /** Sentences; none where all is well. */
  readonly faults: readonly string[];
}

/** Weighs a bundle and looks for what must not be in it. */
export function judgeBundle(name: FunctionName, code: Buffer): BundleVerdict {
  const kilobytes = code.length / 1024;
  const budget = budgets[name] ?? otherBudget;
  return {
    kilobytes,
    budget,
    faults: [
      ...(kilobytes > budget ? [`${Math.ceil(kilobytes - budget)} KB over its budget`] : []),
      ...(withoutSdk.has(name) && code.includes(wordsOfTheSdk) ? ['holds a client of the AWS SDK'] : []),
      ...intruders.filter(({ words }) => code.includes(words)).map(({ what }) => `holds ${what}`),
    ],
  };
}
