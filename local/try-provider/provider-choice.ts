/**
 * `--provider`: a simulator that runs beside the gateway and that faxes go through, or the sandbox again. Without the flag the
 * providers stay as they are; a simulator that faxes would go to and that does not run is told.
 */
import { gatewayProviders, GatewayRefusal, type GatewayProviders, type ProviderSettings } from './gateway-providers.js';
import type { LaunchOptions } from '../launch/options.js';
import { Sentence } from '../launch/sentence.js';
import { contextFor, readSimulated, writeSimulated, type SimulatedProviders } from './simulated-providers.js';
import { runSimulator, simulatedProviders, type RunningSimulator, type SimulatedProvider, type SimulatorRun } from './simulator-process.js';

export interface ProviderChoice {
  /** CDK context for the app. */
  readonly context: Readonly<Record<string, string>>;
  /** Puts it into force. @returns what the person should read. @throws Sentence where the folder's own settings are in the way */
  settle(gateway: { readonly gatewayUrl: string; readonly endpointUrl: string; readonly adminKey: string }): Promise<readonly string[]>;
  stop(): void;
}

/** @throws Sentence for a name that is none, where the simulator can't be started, or an assembly would not know of it */
export async function chooseProvider(options: LaunchOptions, run: Omit<SimulatorRun, 'port'>): Promise<ProviderChoice> {
  const { stateDirectory } = options;
  const provider = options.provider === undefined ? undefined : providerNamed(options.provider);
  const before = readSimulated(stateDirectory);
  if (options.assembly !== undefined && Object.keys(before).length > 0)
    throw new Sentence(`${stateDirectory} is set up for the simulator of ${Object.keys(before).join(', ')}, which --assembly does not reach. Take another folder: npm start -- --state <folder>`);
  if (options.assembly !== undefined && provider !== undefined && provider !== 'sandbox')
    throw new Sentence('A simulator changes where the stack reaches a provider, so --provider can’t be together with --assembly.');
  if (provider === undefined || provider === 'sandbox')
    return {
      context: contextFor(options.context, before),
      settle: ({ gatewayUrl, adminKey }) => withoutSimulator(gatewayProviders(gatewayUrl, adminKey), before, options),
      stop: () => {},
    };
  const simulator = await runSimulator(provider, { ...run, port: options.providerPort });
  const during = { ...before, [provider]: { url: simulator.url, setUp: before[provider]?.setUp ?? false } };
  writeSimulated(stateDirectory, during);
  return {
    context: contextFor(options.context, during),
    async settle({ gatewayUrl, endpointUrl, adminKey }) {
      simulator.reach(endpointUrl);
      const lines = await setUp(simulator, gatewayProviders(gatewayUrl, adminKey), during, stateDirectory);
      return [...lines, ...introduction(simulator)];
    },
    stop: () => { simulator.stop(); },
  };
}

function providerNamed(name: string): SimulatedProvider | 'sandbox' {
  if (name === 'sandbox') return name;
  const provider = simulatedProviders.find((id) => name === `${id}-simulator`);
  if (provider === undefined) throw new Sentence(`--provider needs ${simulatedProviders.map((id) => `${id}-simulator`).join(', ')} or sandbox, not "${name}".`);
  return provider;
}

async function setUp({ id, configuration }: RunningSimulator, gateway: GatewayProviders, simulated: SimulatedProviders, stateDirectory: string): Promise<readonly string[]> {
  try {
    const { providers, order } = await gateway.read();
    if (simulated[id]?.setUp !== true && isConfigured(id, providers)) {
      const { [id]: _, ...others } = simulated;
      writeSimulated(stateDirectory, others);
      throw new Sentence(`${stateDirectory} has credentials of your own for ${id}, and they stay. Take another folder: npm start -- --provider ${id}-simulator --state <folder>`);
    }
    await gateway.save(id, configuration);
    writeSimulated(stateDirectory, { ...simulated, [id]: { ...simulated[id], url: simulated[id]?.url ?? '', setUp: true } });
    // The sandbox behind it would call a fax delivered that the simulator refused; another simulator does not run.
    await gateway.order([id, ...order.filter((other) => other !== id && other !== 'sandbox' && simulated[other] === undefined)]);
    return [];
  } catch (error) {
    return [...notAllowed(error), `  Take another folder: npm start -- --provider ${id}-simulator --state <folder>`];
  }
}

async function withoutSimulator(gateway: GatewayProviders, simulated: SimulatedProviders, { provider, stateDirectory }: LaunchOptions): Promise<readonly string[]> {
  const ids = Object.keys(simulated);
  if (ids.length === 0 && provider === undefined) return [];
  try {
    const { order, providers } = await gateway.read();
    const inForce = order.filter((id) => simulated[id] !== undefined);
    if (provider === undefined) return inForce.map(warning);
    await gateway.order(['sandbox']);
    for (const id of ids) if (isConfigured(id, providers)) await gateway.remove(id);
    writeSimulated(stateDirectory, {});
    return ['', '  Faxes go through the sandbox again, which dials nobody.'];
  } catch (error) {
    return provider === undefined ? ids.map(warning) : notAllowed(error);
  }
}

const isConfigured = (id: string, providers: ProviderSettings['providers']): boolean => providers.some((one) => one.id === id && one.configured);

const warning = (id: string): string =>
  `\n  Faxes go to the simulator of ${id}, which does not run: they wait.\n  Run it:              npm start -- --provider ${id}-simulator\n  Back to the sandbox: npm start -- --provider sandbox`;

/** @throws what is no refusal of the gateway's */
function notAllowed(error: unknown): readonly string[] {
  if (!(error instanceof GatewayRefusal)) throw error;
  return error.status === 401
    ? ['', '  The providers are as they were: the bootstrap key has ended, and an admin key has to change them.']
    : ['', `  The providers are as they were: the gateway answered ${error.status} ${error.message}`];
}

function introduction({ id, url, ledger, numbers }: RunningSimulator): readonly string[] {
  return [
    '',
    `  Faxes go through a simulator of ${id}: a program at ${url} that answers as ${id} documents it.\n  It dials nobody, and no fax is delivered.`,
    ...numbers.map(({ number, does }) => `    ${number}  ${does}`),
    '    any other     delivered after two seconds',
    '  What failed before a page went out is dialled again, as the settings REDIAL_... say.',
    '',
    '  Its ledger: each call that it got, with the document:',
    `    curl ${ledger}`,
  ];
}
