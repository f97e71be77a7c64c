/**
 * Runs a function's bundle for the benches and times it, as plain Node as a Lambda environment is: nothing but the bundle is
 * loaded before it has been timed. `node function-child.cjs <bundle>`; results go to file descriptor 3, a line of JSON each;
 * after the first, each line on stdin is a command: {"payloads": [file, ...], "times": n}.
 */
'use strict';
const fs = require('node:fs');

const begin = process.hrtime.bigint();
const processorBefore = process.cpuUsage();
const { handler } = require(process.argv[2]);
report({ milliseconds: since(begin), processorMilliseconds: processorSince(processorBefore) });

const context = { awsRequestId: 'bench', functionName: 'bench', getRemainingTimeInMillis: () => 60_000 };

require('node:readline')
  .createInterface({ input: process.stdin })
  .on('line', (line) => {
    invoke(JSON.parse(line)).then(report, (error) => {
      console.error(error);
      process.exit(1);
    });
  });

/** Calls the handler with each payload in turn, one after the other, as the runtime does: JSON in, JSON out. */
async function invoke({ payloads, times }) {
  const texts = payloads.map((file) => fs.readFileSync(file, 'utf8'));
  const calls = [];
  let outcome;
  for (let call = 0; call < times; call += 1) {
    const startedAt = process.hrtime.bigint();
    const processor = process.cpuUsage();
    try {
      outcome = { answer: JSON.stringify(await handler(JSON.parse(texts[call % texts.length]), context)) ?? 'null' };
    } catch (error) {
      outcome = { error: String(error) };
    }
    calls.push({ milliseconds: since(startedAt), processorMilliseconds: processorSince(processor) });
  }
  return { calls, outcome, peakMegabytes: process.resourceUsage().maxRSS / 1024 };
}

function since(time) {
  return Number(process.hrtime.bigint() - time) / 1e6;
}

function processorSince(before) {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function report(result) {
  fs.writeSync(3, `${JSON.stringify(result)}\n`);
}
