/** `npx tsx test/simulators/run.ts <provider> [port]`: a provider on this machine, to which `providerEndpoints` can point. */
import { simulated } from './definitions.js';
import { startSimulator } from './simulator.js';

async function main([id = '', port = '0']: readonly string[]): Promise<void> {
  const provider = simulated[id];
  if (provider === undefined) {
    console.error(`There is no simulator of ${id || 'nothing'}; there are ${Object.keys(simulated).join(', ')}.`);
    process.exitCode = 2;
    return;
  }
  const { url } = await startSimulator(provider.definition, Number(port));
  console.log(JSON.stringify({ provider: id, url: url.href, configuration: provider.configuration }));
}

void main(process.argv.slice(2));
