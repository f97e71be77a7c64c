/**
 * The log of a function that hardly ever writes one line: the authorizer would pay 2 ms and 23 KB of each start for the logger
 * of the others (docs/adr/0003-authorizer-without-sdk.md). A line has the fields that theirs has (log.ts).
 */

/** Writes that something failed, with what was thrown. */
export function logFailure(message: string, failure: unknown): void {
  const error = failure instanceof Error ? failure : new Error(String(failure));
  const location = /\(([^()]+:\d+):\d+\)$/m.exec(error.stack ?? '')?.[1] ?? '';
  write('ERROR', message, { error: { name: error.name, location, message: error.message, stack: error.stack } });
}

/** Writes what the person who runs the gateway should see, although nothing failed. */
export function logWarning(message: string): void {
  write('WARN', message, {});
}

function write(level: 'ERROR' | 'WARN', message: string, members: object): void {
  const { POWERTOOLS_SERVICE_NAME: service, _X_AMZN_TRACE_ID: trace = '' } = process.env;
  const line = { level, message, timestamp: new Date().toISOString(), service, sampling_rate: 0, xray_trace_id: /Root=([^;]+)/.exec(trace)?.[1], ...members };
  // Not console.error: Lambda's own would wrap the line into a second one.
  process.stderr.write(`${JSON.stringify(line)}\n`);
}
