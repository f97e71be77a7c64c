/** Carries rotations out: invokes the rotation function step by step when one is due, and tries again what failed. */
import { randomUUID } from 'node:crypto';
import type { FunctionInvoker, InvocationOutcome, Invoker } from '../cloud/function-invoker.js';
import { isMembers } from '../kms/aws-json.js';
import type { Timers } from '../scheduler/timers.js';
import { begun, dueAt, ended, failed, unfinished } from './rotation.js';
import { versionWithLabel, type Secret } from './secret.js';
import type { SecretStore } from './secret-store.js';

export interface RotatorParts {
  readonly store: SecretStore;
  readonly functions: FunctionInvoker;
  readonly timers: Timers;
  /** Says something to the person at the machine. */
  readonly report: (sentence: string) => void;
}

type Step = 'createSecret' | 'setSecret' | 'testSecret' | 'finishSecret';
const steps: Readonly<Record<'rotation' | 'test', readonly Step[]>> = {
  rotation: ['createSecret', 'setSecret', 'testSecret', 'finishSecret'],
  test: ['testSecret'],
};

/** As whom the service invokes a secret's rotation function. */
export function rotationInvoker(secretArn: string): Invoker {
  return { kind: 'service', principal: 'secretsmanager.amazonaws.com', sourceArn: secretArn };
}

export class Rotator {
  readonly #parts: RotatorParts;
  readonly #running = new Set<string>();
  #cancelTimer = (): void => undefined;
  #isOpen = false;

  constructor(parts: RotatorParts) {
    this.#parts = parts;
  }

  /** From now on, what is due is rotated; what was due while the cloud was down is due now. */
  start(): void {
    this.#isOpen = true;
    this.look();
  }

  /** A rotation under way goes on after the next start. */
  stop(): void {
    this.#isOpen = false;
    this.#cancelTimer();
  }

  /** Begins what is due and waits for what comes next. To be called when a secret's rotation has changed. */
  look(): void {
    if (!this.#isOpen) return;
    this.#cancelTimer();
    const { store, timers } = this.#parts;
    const now = timers.now();
    let next = Infinity;
    for (const secret of store.all()) {
      const due = this.#running.has(secret.arn) ? undefined : dueAt(secret);
      if (due === undefined) continue;
      if (due <= now) void this.#run(secret.arn);
      else next = Math.min(next, due);
    }
    if (next !== Infinity) this.#cancelTimer = timers.after(next - now, () => { this.look(); });
  }

  async #run(arn: string): Promise<void> {
    const { store, timers, report } = this.#parts;
    this.#running.add(arn);
    try {
      const problem = await this.#takeSteps(this.#begun(store.get(arn)));
      // A cloud that goes down ends its functions: that is no failure of the rotation.
      if (problem === undefined || !this.#isOpen) return;
      const after = this.#saved(failed(store.get(arn), timers.now()));
      const { name, rotation: { underway } = {} } = after;
      if (underway?.kind === 'test') {
        this.#saved(ended(after, timers.now()));
        report(`The rotation of ${name} is set up, but its test failed: ${problem}`);
      } else if (underway !== undefined)
        report(`The rotation of ${name} failed in ${problem} It is tried again in ${Math.round((underway.attemptAt - timers.now()) / 1000)} s.`);
    } finally {
      this.#running.delete(arn);
      this.look();
    }
  }

  /** Where none is under way, the schedule begins one, or takes up what a cancellation left behind. */
  #begun(secret: Secret): Secret {
    if (secret.rotation?.underway !== undefined) return secret;
    return this.#saved(begun(secret, unfinished(secret) ?? randomUUID(), 'rotation', this.#parts.timers.now()));
  }

  /** @returns what went wrong; undefined where nothing did, or where the rotation was cancelled in between */
  async #takeSteps({ arn, rotation }: Secret): Promise<string | undefined> {
    const { store, timers } = this.#parts;
    const { underway } = rotation ?? {};
    if (rotation === undefined || underway === undefined) return undefined;
    const { token, kind } = underway;
    const isCurrent = (): boolean => versionWithLabel(store.get(arn), 'AWSCURRENT') === token;
    // The last step did its work, and then the cloud went down.
    const isDone = kind === 'rotation' && isCurrent();
    for (const step of isDone ? [] : steps[kind]) {
      if (!this.#isOpen || store.get(arn).rotation?.underway?.token !== token) return undefined;
      const problem = await this.#invoke(arn, rotation.functionArn, step, token);
      if (problem !== undefined) return `${step}: ${problem}`;
    }
    const after = store.get(arn);
    if (after.rotation?.underway?.token !== token) return undefined;
    if (kind === 'rotation' && !isCurrent()) return 'finishSecret: it left AWSCURRENT where it was.';
    this.#saved(ended(after, timers.now()));
    return undefined;
  }

  async #invoke(arn: string, functionArn: string, step: Step, token: string): Promise<string | undefined> {
    const payload = JSON.stringify({ Step: step, SecretId: arn, ClientRequestToken: token });
    try {
      return problemOf(await this.#parts.functions.invoke(functionArn, payload, rotationInvoker(arn)));
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  #saved(secret: Secret): Secret {
    this.#parts.store.save(secret);
    return secret;
  }
}

function problemOf(outcome: InvocationOutcome): string | undefined {
  switch (outcome.kind) {
    case 'returned':
      return undefined;
    case 'throttled':
      return 'the function was throttled.';
    case 'failed':
    case 'timed-out':
      return sentence(outcome.payload);
  }
}

/** The error's message, which ends as a sentence does. */
function sentence(payload: string): string {
  let message = payload;
  try {
    const parsed: unknown = JSON.parse(payload);
    if (isMembers(parsed) && typeof parsed['errorMessage'] === 'string') message = parsed['errorMessage'];
  } catch {
    // The payload itself says it.
  }
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
