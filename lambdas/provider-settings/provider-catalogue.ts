/** The kinds of providers that this release knows, at the addresses that the stack gives them. */
import * as z from 'zod/mini';
import { adapters } from '../providers/adapters.js';
import { manifestAdapter } from '../providers/manifest.js';
import { readManifest } from '../providers/manifest-rules.js';
import type { Adapter } from '../providers/provider-configuration.js';
import type { ProviderCatalogue, ProviderKind } from './provider-kind.js';

const endpointsShape = z.record(z.string(), z.url());

/** @param endpointsText provider → URL in place of its own address, as JSON. @throws Error where it is none: a damaged deployment */
export function providerCatalogue(endpointsText: string): ProviderCatalogue {
  const endpoints = new Map(Object.entries(endpointsShape.parse(JSON.parse(endpointsText))));
  const kindOf = (adapter: Adapter): ProviderKind => {
    const { id, name, fields } = adapter;
    const endpoint = endpoints.get(id);
    return { id, name, fields, open: (values, callbackKey) => adapter.create(values, { endpoint: endpoint === undefined ? undefined : new URL(endpoint), callbackKey }) };
  };
  return {
    builtIn: adapters.map(kindOf),
    fromManifest(id, given) {
      const read = readManifest(given);
      if (read.kind === 'invalid') return { problems: read.problems };
      if (read.manifest.id !== id) return { problems: [{ field: 'id', message: `must be ${id}, as in the address` }] };
      return kindOf(manifestAdapter(read.manifest));
    },
  };
}
