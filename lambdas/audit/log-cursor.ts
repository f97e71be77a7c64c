/** Where an answer about the audit trail ended, as text: what the next request brings back. */

export interface LogPlace {
  readonly sequence: number;
  /** How many events of that link are still to be read, from its first on; without it, all of them. */
  readonly count?: number;
}

/** `<sequence>` or `<sequence>.<count>`: the form that auditLogQuerySchema lets through. */
export function cursorText({ sequence, count }: LogPlace): string {
  return count === undefined ? String(sequence) : `${sequence}.${count}`;
}

export function parseCursor(text: string): LogPlace {
  const [sequence, count] = text.split('.').map(Number);
  return { sequence: sequence ?? 0, ...(count === undefined ? {} : { count }) };
}
