/** Makes the calls that standard input asks for, one in a line, with the Node SDK in the folder that is named; prints each outcome. */
const { createInterface } = require('node:readline');
const FaxbotClient = require(process.argv[2]);

async function outcomeOf({ baseUrl, apiKey, timeoutSeconds, call, to, file, idempotencyKey, jobId }) {
  try {
    const client = new FaxbotClient(baseUrl, apiKey, timeoutSeconds === undefined ? {} : { timeoutSeconds });
    switch (call) {
      case 'sendFax':
        return { value: await client.sendFax(to, file, idempotencyKey === undefined ? {} : { idempotencyKey }) };
      case 'getStatus':
        return { value: await client.getStatus(jobId) };
      default:
        return { value: await client.checkHealth() };
    }
  } catch (error) {
    if (error instanceof TypeError) return { wrongArgument: error.message };
    if (!(error instanceof FaxbotClient.FaxbotError)) throw error;
    const { message, detail, code, status, retryAfter, fields, idempotencyKey: sent } = error;
    return { error: { message, detail, code, status, retryAfter, fields, idempotencyKey: sent } };
  }
}

async function main() {
  for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(await outcomeOf(JSON.parse(line))));
}
main();
