/** What the person at the machine asked for: flags and environment variables of `npm start`. */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Sentence } from './sentence.js';

export interface LaunchOptions {
  readonly reset: boolean;
  readonly stateDirectory: string;
  /** A cloud assembly to run instead of synthesizing one. */
  readonly assembly: string | undefined;
  readonly faults: boolean;
  /** As it was written: local/try-provider knows the names. */
  readonly provider: string | undefined;
  /** Of the simulator. */
  readonly providerPort: number;
  /** CDK context for the app. */
  readonly context: Readonly<Record<string, string>>;
  readonly gatewayPort: number;
  readonly consolePort: number;
  readonly endpointPort: number;
  /** The first administrator's key, where one was given. */
  readonly apiKey: string | undefined;
}

export const usage = `npm start -- [flags]
  --reset                 begin anew: remove all data first
  --state <folder>        where data lives (default .local)
  --context key=value     a setting for the stack, may be repeated
  --assembly <folder>     run this cloud assembly instead of synthesizing the stack
  --provider <name>       send through a provider's simulator, such as sinch-simulator (docs/guides/providers.md)
  --provider-port <port>  the simulator's port (default 4570, 0 for any)
  --endpoint-port <port>  the AWS endpoint's port (default 4566, 0 for any)
  --faults                open the control path for injected faults (for tests)
PORT is the gateway's port (default 8080, 0 for any), CONSOLE_PORT the console's (default 8090), API_KEY the first
administrator's key.`;

/**
 * @param directory that relative paths are seen from
 * @param root of the repository
 * @throws Sentence for flags and values that are not known
 */
export function launchOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  directory: string,
  root: string,
): LaunchOptions {
  const flags = parse(args);
  return {
    reset: flags.reset ?? false,
    stateDirectory: flags.state === undefined ? join(root, '.local') : resolve(directory, flags.state),
    assembly: flags.assembly === undefined ? undefined : resolve(directory, flags.assembly),
    faults: flags.faults ?? false,
    provider: flags.provider,
    providerPort: port(flags['provider-port'] ?? '4570', '--provider-port'),
    context: Object.fromEntries((flags.context ?? []).map(contextEntry)),
    gatewayPort: port(environment['PORT'] ?? '8080', 'PORT'),
    consolePort: port(environment['CONSOLE_PORT'] ?? '8090', 'CONSOLE_PORT'),
    endpointPort: port(flags['endpoint-port'] ?? '4566', '--endpoint-port'),
    apiKey: environment['API_KEY'] === '' ? undefined : environment['API_KEY'],
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        reset: { type: 'boolean' },
        state: { type: 'string' },
        assembly: { type: 'string' },
        faults: { type: 'boolean' },
        provider: { type: 'string' },
        'provider-port': { type: 'string' },
        context: { type: 'string', multiple: true },
        'endpoint-port': { type: 'string' },
      },
    }).values;
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('. ');
    throw new Sentence(`${reason}.\n\n${usage}`);
  }
}

function contextEntry(text: string): readonly [string, string] {
  const equals = text.indexOf('=');
  if (equals < 1) throw new Sentence(`--context needs key=value, not "${text}".`);
  return [text.slice(0, equals), text.slice(equals + 1)];
}

function port(text: string, name: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > 65_535) throw new Sentence(`${name} must be a port number from 0 to 65535, not "${text}".`);
  return number;
}
