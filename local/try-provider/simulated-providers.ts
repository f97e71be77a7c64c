/**
 * Which providers of a state folder are set up for a simulator, and where it was. As long as one is, the stack reaches that
 * provider there, whether the simulator runs or not: a document for it never goes to the provider itself.
 */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const content = z.record(
  z.string(),
  z.object({
    url: z.string(),
    /** False until the gateway has taken its fields. */
    setUp: z.boolean(),
  }),
);
export type SimulatedProviders = z.output<typeof content>;

const fileIn = (stateDirectory: string): string => join(stateDirectory, 'simulated-providers.json');

export function readSimulated(stateDirectory: string): SimulatedProviders {
  const file = fileIn(stateDirectory);
  return existsSync(file) ? content.parse(JSON.parse(readFileSync(file, 'utf8'))) : {};
}

export function writeSimulated(stateDirectory: string, providers: SimulatedProviders): void {
  const file = fileIn(stateDirectory);
  if (Object.keys(providers).length === 0) {
    rmSync(file, { force: true });
    return;
  }
  writeFileSync(`${file}.new`, JSON.stringify(providers, null, 2));
  renameSync(`${file}.new`, file);
}

/** The CDK context with which the stack reaches the simulators. What the person names beside them stays. Pure. */
export function contextFor(context: Readonly<Record<string, string>>, providers: SimulatedProviders): Readonly<Record<string, string>> {
  const ours = Object.entries(providers).map(([id, { url }]) => [id, url] as const);
  if (ours.length === 0) return context;
  const named = namedEndpoints(context['providerEndpoints']);
  // What is no object is the app's to refuse.
  return named === undefined ? context : { ...context, providerEndpoints: JSON.stringify({ ...named, ...Object.fromEntries(ours) }) };
}

function namedEndpoints(text = '{}'): Readonly<Record<string, unknown>> | undefined {
  try {
    return z.record(z.string(), z.unknown()).safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
