/**
 * What outlives a restart: API keys, which plan each belongs to, and how much of its quota each used on each day.
 * Held in memory, written through to a LevelDB in the state folder; counts are gathered for a moment first.
 */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ClassicLevel } from 'classic-level';
import * as z from 'zod';
import { AwsError } from '../cloud/service.js';
import { dayOf } from './quota-period.js';

const apiKey = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string().optional(),
  customerId: z.string().optional(),
  value: z.string(),
  enabled: z.boolean(),
  /** Milliseconds since 1970. */
  createdAt: z.number(),
  updatedAt: z.number(),
  tags: z.record(z.string(), z.string()),
  /** The logical id, where the template declares the key; undefined where a client created it. */
  logicalId: z.string().optional(),
});
export type ApiKey = z.infer<typeof apiKey>;

const planKey = z.strictObject({
  planId: z.string(),
  keyId: z.string(),
  createdAt: z.number(),
  logicalId: z.string().optional(),
});
export type PlanKey = z.infer<typeof planKey>;

/** AWS tells the usage of the last 90 days. */
const usageKept = 90 * 86_400_000;
/** Keys of an account in a region, also those of the template; AWS does not raise it. https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const keyLimit = 10_000;
/** How long counts are gathered. */
const gatherMilliseconds = 50;

export class GatewayState {
  readonly keys = new Map<string, ApiKey>();
  readonly #idsByValue = new Map<string, string>();
  /** By `planId/keyId`. */
  readonly planKeys = new Map<string, PlanKey>();
  /** Used requests, by `planId/keyId/YYYY-MM-DD`. */
  readonly #used = new Map<string, number>();
  readonly #unwritten = new Set<string>();
  #writing: Promise<void> | undefined;
  #loading: Promise<void> | undefined;
  readonly #database: ClassicLevel;

  constructor(
    directory: string,
    private readonly clock: () => number,
  ) {
    this.#database = new ClassicLevel(join(directory, 'usage-plans'));
  }

  /** Call before anything else; more than once does no harm. */
  load(): Promise<void> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  keyByValue(value: string): ApiKey | undefined {
    const id = this.#idsByValue.get(value);
    return id === undefined ? undefined : this.keys.get(id);
  }

  /** @throws AwsError LimitExceededException */
  assertRoomForKey(): void {
    if (this.keys.size >= keyLimit)
      throw new AwsError('LimitExceededException', 'Maximum number of API keys for this account has been reached.', 429);
  }

  async putKey(key: ApiKey): Promise<void> {
    this.#holdKey(key);
    await this.#database.put(`key/${key.id}`, JSON.stringify(key), { sync: true });
  }

  /** Also takes the key out of its plans. Its used quota stays, as on AWS until the period ends. */
  async deleteKey(id: string): Promise<void> {
    const key = this.keys.get(id);
    if (key !== undefined && this.#idsByValue.get(key.value) === id) this.#idsByValue.delete(key.value);
    this.keys.delete(id);
    for (const { planId, keyId } of [...this.planKeys.values()]) if (keyId === id) await this.deletePlanKey(planId, keyId);
    await this.#database.del(`key/${id}`, { sync: true });
  }

  async putPlanKey(entry: PlanKey): Promise<void> {
    this.planKeys.set(`${entry.planId}/${entry.keyId}`, entry);
    await this.#database.put(`plan-key/${entry.planId}/${entry.keyId}`, JSON.stringify(entry), { sync: true });
  }

  async deletePlanKey(planId: string, keyId: string): Promise<void> {
    this.planKeys.delete(`${planId}/${keyId}`);
    await this.#database.del(`plan-key/${planId}/${keyId}`, { sync: true });
  }

  /** Requests of a key on a day (`YYYY-MM-DD`, UTC) that counted for its quota. */
  used(planId: string, keyId: string, day: string): number {
    return this.#used.get(`${planId}/${keyId}/${day}`) ?? 0;
  }

  /** The count is on its way to the disk when this returns; a kill -9 may lose the last milliseconds of it. */
  count(planId: string, keyId: string, day: string): void {
    const entry = `${planId}/${keyId}/${day}`;
    this.#used.set(entry, (this.#used.get(entry) ?? 0) + 1);
    this.#unwritten.add(entry);
    this.#writing ??= this.#write();
  }

  async close(): Promise<void> {
    await this.#loading;
    await this.#writing;
    await this.#database.close();
  }

  async #load(): Promise<void> {
    const oldest = dayOf(this.clock() - usageKept);
    const outdated: string[] = [];
    for await (const [name, value] of this.#database.iterator()) {
      const [kind = '', ...rest] = name.split('/');
      const content: unknown = JSON.parse(value);
      if (kind === 'key') this.#holdKey(apiKey.parse(content));
      else if (kind === 'plan-key') this.planKeys.set(rest.join('/'), planKey.parse(content));
      else if (kind === 'used' && (rest[2] ?? '') < oldest) outdated.push(name);
      else if (kind === 'used') this.#used.set(rest.join('/'), z.number().parse(content));
    }
    await this.#database.batch(outdated.map((key) => ({ type: 'del' as const, key })));
  }

  #holdKey(key: ApiKey): void {
    const before = this.keys.get(key.id);
    if (before !== undefined && this.#idsByValue.get(before.value) === key.id) this.#idsByValue.delete(before.value);
    this.keys.set(key.id, key);
    this.#idsByValue.set(key.value, key.id);
  }

  /** One batch at a time: what is counted while it is written goes with the next. */
  async #write(): Promise<void> {
    try {
      while (this.#unwritten.size > 0) {
        await pause(gatherMilliseconds);
        const entries = [...this.#unwritten];
        this.#unwritten.clear();
        await this.#database.batch(
          entries.map((entry) => ({ type: 'put' as const, key: `used/${entry}`, value: String(this.#used.get(entry)) })),
        );
      }
    } catch (error) {
      console.warn(`API Gateway could not save the usage of API keys: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      this.#writing = undefined;
    }
  }
}
