/**
 * `npm run bench [-- name ...]`: runs the benches, all or those named, and prints one table with the targets beside what was
 * measured. Exits with 1 where a target is missed. How to read it: docs/performance.md.
 */
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { auditChainBench } from './audit-chain.js';
import { authorizerBench } from './authorizer.js';
import { bundlesBench } from './bundles.js';
import { chaosBench } from './chaos.js';
import { consoleLoadBench } from './console-load.js';
import { loadBench } from './load.js';
import { manyKeysBench } from './many-keys.js';
import { isMet, type Bench, type Measurement } from './measurement.js';
import { providerRequestBench } from './provider-request.js';
import { readingBench } from './reading.js';
import { senderBench } from './sender.js';
import { synthBench } from './synth.js';
import { renderTable } from './table.js';
import { uploadBench } from './upload.js';

// The SDK is pinned, so its notice about the Node of later versions has no place in a table.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

const benches: readonly Bench[] = [bundlesBench, authorizerBench, readingBench, uploadBench, senderBench, providerRequestBench, loadBench, manyKeysBench, auditChainBench, consoleLoadBench, chaosBench, synthBench];

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !benches.some((bench) => bench.name === name));
  if (unknown.length > 0) {
    console.error(`There is no bench ${unknown.join(', ')}; there are ${benches.map(({ name }) => name).join(', ')}.`);
    process.exitCode = 2;
    return;
  }
  const rows: { readonly bench: string; readonly measurement: Measurement }[] = [];
  for (const bench of benches.filter(({ name }) => names.length === 0 || names.includes(name))) {
    console.log(`${bench.name}: ${bench.about} ...`);
    for (const measurement of await bench.measure()) rows.push({ bench: bench.name, measurement });
  }
  console.log(`\n${renderTable(rows)}\n\n${machine()}`);
  const missed = rows.filter(({ measurement }) => isMet(measurement) === false).length;
  console.log(missed === 0 ? 'Every target is met.' : `${missed} targets are missed.`);
  process.exitCode = missed === 0 ? 0 : 1;
}

function machine(): string {
  const [oneMinute = 0] = loadavg();
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  return `${availableParallelism()} cores (${model}), ${Math.round(totalmem() / 1024 ** 3)} GB, Node ${process.versions.node}, ${process.platform} ${process.arch}; load at the end ${oneMinute.toFixed(1)}`;
}

void main(process.argv.slice(2));
