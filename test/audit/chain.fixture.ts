/** Audit chains for tests: links as an environment would append them, and a store that keeps them in memory. */
import type { ChainPage, ChainStore } from '../../lambdas/audit/chain-store.js';
import { beginning, linkAfter, toStoredLink, type Link, type StoredLink } from '../../lambdas/audit/link.js';

const start = Date.parse('2026-11-25T00:00:00Z');

/** A link for each of the lists of events. */
export function chainOf(events: readonly (readonly string[])[]): Link[] {
  const links: Link[] = [];
  for (const [index, texts] of events.entries()) links.push(linkAfter(links.at(-1) ?? beginning, texts, start + index * 1000));
  return links;
}

/** As they are read back from the table. */
export function stored(links: readonly object[]): StoredLink[] {
  return links.map((link) => toStoredLink({ pk: 'CHAIN', ...link })).sort((one, other) => one.sequence - other.sequence);
}

/** The audit table in memory; with `latency`, every call takes a turn or more of the event loop. */
export class ChainInMemory implements ChainStore {
  readonly links = new Map<number, Link>();
  appends = 0;
  conflicts = 0;

  constructor(private readonly latency: () => Promise<unknown> = () => Promise.resolve()) {}

  async append(link: Link): Promise<boolean> {
    await this.latency();
    this.appends += 1;
    if (this.links.has(link.sequence)) {
      this.conflicts += 1;
      return false;
    }
    this.links.set(link.sequence, link);
    return true;
  }

  async forward(after: number, limit: number): Promise<ChainPage> {
    return this.page(limit, this.inOrder().filter(({ sequence }) => sequence > after));
  }

  async backward(before = Infinity, limit = 1): Promise<ChainPage> {
    return this.page(limit, this.inOrder().reverse().filter(({ sequence }) => sequence < before));
  }

  inOrder(): Link[] {
    return [...this.links.values()].sort((one, other) => one.sequence - other.sequence);
  }

  private async page(limit: number, links: readonly Link[]): Promise<ChainPage> {
    await this.latency();
    return { links: stored(links.slice(0, limit)).sort((one, other) => links.findIndex(({ sequence }) => sequence === one.sequence) - links.findIndex(({ sequence }) => sequence === other.sequence)), more: links.length > limit };
  }
}
