/** A fake of the faxes table in memory. It keeps items as the real one does, and holds the same conditions. */
import type { JobId } from '../../lambdas/contract/identifiers.js';
import { fromItem, toItem, type JobItem } from '../../lambdas/faxes/job-item.js';
import type { Job } from '../../lambdas/faxes/job.js';
import type { JobStore } from '../../lambdas/faxes/job-store.js';

export function fakeJobStore(...jobs: Job[]): JobStore {
  const items = new Map<JobId, JobItem>(jobs.map((job) => [job.id, toItem(job)]));
  return {
    find: (id) => {
      const item = items.get(id);
      return Promise.resolve(item === undefined ? undefined : fromItem(JSON.parse(JSON.stringify(item))));
    },
    create: (job) => {
      if (items.has(job.id)) return Promise.resolve(false);
      items.set(job.id, toItem(job));
      return Promise.resolve(true);
    },
    replace: (next) => {
      if (items.get(next.id)?.revision !== next.revision - 1) return Promise.resolve(false);
      items.set(next.id, toItem(next));
      return Promise.resolve(true);
    },
    list: () => Promise.reject(new Error('not asked for in these tests')),
    due: (now) => Promise.resolve([...items.values()].flatMap(({ id, dueAt }) => (dueAt !== undefined && dueAt <= now ? [{ id, dueAt }] : []))),
    postpone: (id, from, to) => {
      const item = items.get(id);
      if (item?.dueAt !== from) return Promise.resolve(false);
      items.set(id, { ...item, dueAt: to });
      return Promise.resolve(true);
    },
  };
}
