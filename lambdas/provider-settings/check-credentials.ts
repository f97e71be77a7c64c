/** Asks a provider whether it takes its credentials, and hears nothing it should not. */
import type { FaxProvider, Verdict } from '../providers/provider.js';
import { withoutSecrets } from './field-values.js';

/** The gateway's own answer has to be there within 29 seconds. */
const patienceSeconds = 15;

/** Its verdict; no answer is `unreachable`. No secret stands in its words. Never throws. */
export async function checkCredentials(provider: FaxProvider, secrets: Readonly<Record<string, string>>): Promise<Verdict> {
  const verdict = await withPatience(provider.validate());
  return verdict.kind === 'valid' ? verdict : { ...verdict, error: withoutSecrets(verdict.error, secrets) };
}

async function withPatience(asking: Promise<Verdict>): Promise<Verdict> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<Verdict>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'unreachable', error: `It did not answer within ${patienceSeconds} seconds` }), patienceSeconds * 1000);
  });
  try {
    return await Promise.race([asking, tooLate]);
  } catch (error) {
    return { kind: 'unreachable', error: String(error) };
  } finally {
    clearTimeout(timer);
  }
}
