/**
 * `npx tsx test/simulators/run.ts <provider> [port]`: a provider on this machine, to which `providerEndpoints` can point.
 * `npm start -- --provider <provider>-simulator` runs it beside the gateway, and talks to it over the channel between processes.
 */
import * as z from 'zod';
import { simulated } from './definitions.js';
import { numbersOf, usual } from './numbers.js';
import { startSimulator } from './simulator.js';

async function main([id = '', port = '0']: readonly string[]): Promise<void> {
  const provider = simulated[id];
  if (provider === undefined) {
    console.error(`There is no simulator of ${id || 'nothing'}; there are ${Object.keys(simulated).join(', ')}.`);
    process.exitCode = 2;
    return;
  }
  const numbers = numbersOf(provider.definition);
  // It ends with the local cloud, however that ends.
  process.on('disconnect', () => process.exit(0));
  if (process.send !== undefined && !process.connected) process.exit(0);
  process.on('message', (message) => {
    process.env['AWS_ENDPOINT_URL'] = z.object({ awsEndpoint: z.string() }).parse(message).awsEndpoint;
  });
  const { url, ledgerUrl } = await startSimulator(provider.definition, {
    port: Number(port),
    numbers,
    usual,
    onCall: ({ to, providerSid }) => process.send?.({ call: { to: to ?? 'no number', taken: providerSid !== undefined, does: numbers.find(({ number }) => number === to)?.does ?? 'delivered' } }),
  });
  const about = { provider: id, url: url.href, ledger: ledgerUrl.href, configuration: provider.configuration, numbers: numbers.map(({ number, does }) => ({ number, does })) };
  if (process.send === undefined) console.log(JSON.stringify(about));
  else process.send({ ready: about });
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const taken = z.object({ code: z.literal('EADDRINUSE'), port: z.number() }).safeParse(error).data;
  console.error(taken === undefined ? error : `Port ${taken.port} is taken, where the simulator should be.`);
  process.exit(1);
});
