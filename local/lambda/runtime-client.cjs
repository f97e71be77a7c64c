/**
 * What runs inside an execution environment: asks the Runtime API for invocations and calls the handler.
 * Plain JavaScript, since it is the first thing that a cold start loads.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
'use strict';
const net = require('node:net');
const path = require('node:path');
const fs = require('node:fs');
const { pathToFileURL } = require('node:url');
const { format } = require('node:util');

const [hostname, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const jsonLogs = process.env.AWS_LAMBDA_LOG_FORMAT === 'JSON';
// Handlers with a callback ended with the runtime nodejs24.x.
const callbacksAllowed = /nodejs(18|20|22)\.x/.test(process.env.AWS_EXECUTION_ENV ?? '');
let currentRequestId;

// The local cloud holds the other end of stdin: when it is gone, nobody waits for this process.
process.stdin.on('end', () => process.exit(0)).on('error', () => process.exit(0));
process.stdin.resume();
process.stdin.unref();

/**
 * HTTP over one socket, by hand: node:http would cost each cold start its loading time and each invocation more than the
 * rest of this file. Requests may be sent before the answers to earlier ones are there.
 */
const socket = net.connect(Number(port), hostname).setNoDelay(true);
const answers = [];
let received = [];
let receivedLength = 0;
/** Bytes that must be there before it makes sense to look again. */
let wantedLength = 0;
socket.on('data', (chunk) => {
  received.push(chunk);
  receivedLength += chunk.length;
  while (receivedLength > 0 && receivedLength >= wantedLength) {
    const bytes = received.length === 1 ? received[0] : Buffer.concat(received);
    received = [bytes];
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0) return;
    const headers = {};
    for (const line of bytes.toString('latin1', 0, end).split('\r\n').slice(1)) {
      const colon = line.indexOf(':');
      headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
    }
    wantedLength = end + 4 + Number(headers['content-length'] ?? 0);
    if (receivedLength < wantedLength) return;
    const rest = bytes.subarray(wantedLength);
    const body = bytes.toString('utf8', end + 4, wantedLength);
    received = rest.length === 0 ? [] : [rest];
    receivedLength = rest.length;
    wantedLength = 0;
    answers.shift()({ headers, body });
  }
});
// The Runtime API is gone: so is the local cloud.
socket.on('error', () => process.exit(1)).on('close', () => process.exit(1));

function callRuntimeApi(method, resource, body = '', headers = '') {
  const length = method === 'POST' ? `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` : '';
  // What is sent in one turn (a result, and the question for the next invocation) goes in one packet.
  socket.cork();
  process.nextTick(() => socket.uncork());
  socket.write(`${method} /2018-06-01/runtime/${resource} HTTP/1.1\r\nhost: ${hostname}:${port}\r\n${length}${headers}\r\n${body}`);
  return new Promise((resolve) => answers.push(resolve));
}

const levels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const lowestLevel = Math.max(0, levels.indexOf(process.env.AWS_LAMBDA_LOG_LEVEL ?? 'TRACE'));

/** One event a line: a line break inside a message becomes a carriage return, which CloudWatch shows as a break. */
function writeLog(level, values) {
  if (jsonLogs) {
    if (levels.indexOf(level) < lowestLevel) return;
    const [first] = values;
    const failure = values.find((value) => value instanceof Error);
    const entry = {
      timestamp: new Date().toISOString(),
      level,
      requestId: currentRequestId,
      message: values.length === 1 && typeof first === 'object' && first !== null && !failure ? first : format(...values),
      ...(failure && { errorType: failure.name, errorMessage: failure.message, stackTrace: (failure.stack ?? '').split('\n') }),
    };
    process.stdout.write(`${safeStringify(entry)}\n`);
  } else
    process.stdout.write(
      `${new Date().toISOString()}\t${currentRequestId ?? 'undefined'}\t${level}\t${format(...values).replaceAll('\n', '\r')}\n`,
    );
}

function safeStringify(value) {
  try {
    return JSON.stringify(value);
  } catch {
    return JSON.stringify({ ...value, message: format(value.message) });
  }
}

console.log = (...values) => writeLog('INFO', values);
console.info = (...values) => writeLog('INFO', values);
console.debug = (...values) => writeLog('DEBUG', values);
console.trace = (...values) => writeLog('TRACE', values);
console.warn = (...values) => writeLog('WARN', values);
console.error = (...values) => writeLog('ERROR', values);

class RuntimeError extends Error {
  constructor(type, message) {
    super(message);
    this.name = type;
  }
}

globalThis.awslambda = {
  streamifyResponse() {
    throw new RuntimeError('Runtime.StreamingNotSupported', 'The local cloud does not run handlers that stream their response.');
  },
};

async function loadHandler(root, name) {
  const folder = path.dirname(name);
  const [, file, property] = /^([^.]*)\.(.+)$/.exec(path.basename(name)) ?? [];
  if (!file || !property) throw new RuntimeError('Runtime.MalformedHandlerName', `Bad handler: ${name}`);
  const base = path.resolve(root, folder, file);
  const found = ['.js', '.mjs', '.cjs'].map((extension) => base + extension).find((candidate) => fs.existsSync(candidate));
  if (!found) throw new RuntimeError('Runtime.ImportModuleError', `Error: Cannot find module '${file}'`);
  let exported;
  try {
    exported = found.endsWith('.mjs') || (found.endsWith('.js') && isModulePackage(path.dirname(found), root))
      ? await import(pathToFileURL(found).href)
      : require(found);
  } catch (error) {
    if (error instanceof SyntaxError) throw Object.assign(new RuntimeError('Runtime.UserCodeSyntaxError', String(error)), { stack: error.stack });
    if (error?.code === 'MODULE_NOT_FOUND' || error?.code === 'ERR_MODULE_NOT_FOUND')
      throw Object.assign(new RuntimeError('Runtime.ImportModuleError', String(error)), { stack: error.stack });
    throw error;
  }
  const handler = property.split('.').reduce((value, part) => value?.[part], exported);
  if (typeof handler !== 'function') throw new RuntimeError('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
  if (handler.length >= 3 && !callbacksAllowed)
    throw new RuntimeError('Runtime.CallbackHandlerDeprecated', 'This runtime has no callback handlers; return a promise.');
  return handler;
}

/** The package.json that is nearest, not above the code's root, decides what a .js file is. */
function isModulePackage(folder, root) {
  for (let directory = folder; directory.startsWith(path.resolve(root)); directory = path.dirname(directory)) {
    const file = path.join(directory, 'package.json');
    if (fs.existsSync(file)) return JSON.parse(fs.readFileSync(file, 'utf8')).type === 'module';
  }
  return false;
}

function errorBody(error) {
  const body = error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };
  return body;
}

function postError(resource, error) {
  const body = errorBody(error);
  // A name that breaks the header's line would break the protocol.
  const type = String(body.errorType).replace(/[^\x20-\x7e]/g, '?');
  return callRuntimeApi('POST', resource, JSON.stringify(body), `lambda-runtime-function-error-type: ${type}\r\n`);
}

function contextOf(headers) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    clientContext: headers['lambda-runtime-client-context'] && JSON.parse(headers['lambda-runtime-client-context']),
    identity: undefined,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

/** Calls a handler of either kind: what it returns is the answer, or what it gives to its callback. */
function run(handler, event, context) {
  if (handler.length < 3) return Promise.resolve(handler(event, context));
  return new Promise((resolve, reject) => {
    const settle = (error, result) => {
      const end = () => (error === undefined || error === null ? resolve(result) : reject(error));
      if (context.callbackWaitsForEmptyEventLoop) process.once('beforeExit', end);
      else end();
    };
    const returned = handler(event, context, settle);
    if (typeof returned?.then === 'function') returned.then(resolve, reject);
  });
}

/** After these the process is in an unknown state, so the environment ends, as it does on AWS. */
function endOn(signal, type, exitCode) {
  process.on(signal, (reason) => {
    const error = signal === 'unhandledRejection'
      ? Object.assign(new RuntimeError(type, reason instanceof Error ? String(reason) : format(reason)), { stack: reason?.stack ?? '' })
      : reason;
    writeLog('ERROR', [signal === 'unhandledRejection' ? 'Unhandled Promise Rejection' : 'Uncaught Exception', error]);
    const told = currentRequestId === undefined ? postError('init/error', error) : postError(`invocation/${currentRequestId}/error`, error);
    const exit = () => process.exit(exitCode);
    told.then(exit, exit);
  });
}

async function main() {
  endOn('uncaughtException', 'Runtime.UnhandledException', 129);
  endOn('unhandledRejection', 'Runtime.UnhandledPromiseRejection', 128);
  let handler;
  try {
    handler = await loadHandler(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER);
  } catch (error) {
    writeLog('ERROR', ['Uncaught Exception', error]);
    await postError('init/error', error);
    process.exit(1);
  }
  for (;;) {
    const { headers, body } = await callRuntimeApi('GET', 'invocation/next');
    const requestId = headers['lambda-runtime-aws-request-id'];
    currentRequestId = requestId;
    process.env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'];
    // Both answers to the API are not waited for: the next request goes with them.
    try {
      const result = await run(handler, JSON.parse(body), contextOf(headers));
      void callRuntimeApi('POST', `invocation/${requestId}/response`, JSON.stringify(result) ?? 'null');
    } catch (error) {
      writeLog('ERROR', ['Invoke Error', error]);
      void postError(`invocation/${requestId}/error`, error);
    }
  }
}

main().catch(() => process.exit(1));
