/** The providers of the running gateway, by its own operations, as an administrator sets them. */
import * as z from 'zod';

const settings = z.object({
  version: z.number(),
  order: z.array(z.string()),
  providers: z.array(z.object({ id: z.string(), configured: z.boolean() })),
});
export type ProviderSettings = z.output<typeof settings>;

/** The gateway did not do it, in its own words. */
export class GatewayRefusal extends Error {
  constructor(
    readonly status: number,
    detail: string,
  ) {
    super(detail);
  }
}

export interface GatewayProviders {
  read(): Promise<ProviderSettings>;
  /** Saves the fields of a provider, which the gateway tries first. */
  save(id: string, fields: Readonly<Record<string, string>>): Promise<ProviderSettings>;
  order(ids: readonly string[]): Promise<ProviderSettings>;
  remove(id: string): Promise<ProviderSettings>;
}

/** Each operation throws GatewayRefusal. */
export function gatewayProviders(gatewayUrl: string, key: string): GatewayProviders {
  async function ask(method: string, below: string, json?: object): Promise<ProviderSettings> {
    const answer = await fetch(`${gatewayUrl}/admin/settings/providers${below}`, {
      method,
      headers: { 'X-API-Key': key, ...(json === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new GatewayRefusal(answer.status, text);
    return settings.parse(JSON.parse(text));
  }
  const read = () => ask('GET', '');
  const change = async (below: string, wanted: object) => ask('PUT', below, { version: (await read()).version, ...wanted });
  return { read, save: (id, fields) => change(`/${id}`, { fields }), order: (order) => change('', { order }), remove: (id) => ask('DELETE', `/${id}`) };
}
