/** Failures as the person at the machine reads them: one sentence that says what to do, never a stack trace. */
import * as z from 'zod';
import { diskFullSentence, isDiskFull } from '../cloud/full-disk.js';
import { DeploymentError } from '../cloud/template.js';

/** An error whose message is all that is to be said. */
export class Sentence extends Error {}

const systemError = z.object({ code: z.unknown().optional(), port: z.unknown().optional(), path: z.unknown().optional() });

export interface Ports {
  readonly gateway: number;
  readonly console: number;
  readonly endpoint: number;
}

/** The sentence for an error, or undefined where it is a defect that needs its stack trace. */
export function sentenceFor(error: unknown, ports: Ports): string | undefined {
  if (error instanceof Sentence || error instanceof DeploymentError) return error.message;
  if (!(error instanceof Error)) return undefined;
  if (isDiskFull(error)) return diskFullSentence;
  const { code, port, path } = systemError.parse(error);
  switch (code) {
    case 'EADDRINUSE':
      return taken(port, ports);
    case 'EACCES':
      return typeof port === 'number'
        ? `This user may not open port ${port}. Choose another: PORT=8080 npm start`
        : `This user may not write ${String(path)}. Choose another folder: npm start -- --state <folder>`;
    case 'EROFS':
      return `${String(path)} is on a read-only disk. Choose another folder: npm start -- --state <folder>`;
    default:
      return error.cause === undefined ? undefined : sentenceFor(error.cause, ports);
  }
}

function taken(port: unknown, ports: Ports): string {
  if (port === ports.endpoint)
    return `Port ${ports.endpoint} is taken, where the AWS endpoint should be. Free it, or choose another: npm start -- --endpoint-port ${ports.endpoint + 1}`;
  if (port === ports.console)
    return `Port ${ports.console} is taken, where the console should be. Free it, or choose another: CONSOLE_PORT=${ports.console + 1} npm start`;
  return `Port ${ports.gateway} is taken. Free it, or choose another: PORT=${ports.gateway + 1} npm start`;
}
