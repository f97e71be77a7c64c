/** The structured log of all functions. It never gets a document, a token or a whole phone number. */
import { Logger } from '@aws-lambda-powertools/logger';

export const log = new Logger();

/** A phone number as logs and lists may show it: everything masked but the last four digits. */
export function maskNumber(number: string): string {
  return number.slice(0, -4).replaceAll(/\d/g, '*') + number.slice(-4);
}
