/**
 * A server that behaves as a provider documents itself, and goes wrong as told, number by number. It keeps a ledger of every
 * hand-over. For another process, it is told by PUT /_simulator/numbers/{number} and read by GET /_simulator/ledger, and
 * GET /_simulator/documents/{id} is what was handed over.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { postCallback } from './callback.js';
import type { Answer, Behaviour, Call, CallbackRequest, Interference, Line, ProviderDefinition, SimulatedFax } from './definition.js';
import type { SimulatedNumber } from './numbers.js';

export interface LedgerEntry {
  readonly at: number;
  readonly to: string | undefined;
  readonly attempt: string | undefined;
  /** False where nothing was taken: nobody was called. */
  readonly providerSid: string | undefined;
  readonly sha256: string | undefined;
  readonly bytes?: number;
  /** The fault, or the refusal, by which the hand-over went wrong. */
  readonly wrong?: string | undefined;
}

export interface SimulatorOptions {
  /** 0 for any that is free. */
  readonly port?: number;
  /** What numbers do from the beginning, and what all others do. */
  readonly numbers?: readonly SimulatedNumber[];
  readonly usual?: Behaviour;
  /** Hears each entry of the ledger. */
  readonly onCall?: (entry: LedgerEntry) => void;
}

export interface Simulator {
  readonly url: URL;
  /** Where another process reads the ledger. */
  readonly ledgerUrl: URL;
  /** Every hand-over that came in, taken or not, in its order. */
  readonly ledger: readonly LedgerEntry[];
  /** What a number does from now on; of several, each call takes one, and the last one stays. */
  script(number: string, ...behaviours: readonly Behaviour[]): void;
  /** From now on, decides of each question how it goes wrong, if it does. */
  interfere(how: (() => Interference | undefined) | undefined): void;
  /** Nobody can connect until `comeBack`; what has begun goes on. */
  goAway(): void;
  comeBack(): Promise<void>;
  /** How a fax ends or ended, and when. */
  endOf(sid: string): { readonly end: string; readonly at: number };
  /** Ends a fax that would still take its time. */
  end(sid: string): void;
  /** What the provider posts to the callback address of a fax. */
  callbackOf(sid: string): CallbackRequest;
  close(): Promise<void>;
}

const ledgerPath = '/_simulator/ledger';

const behaviourSchema = z.strictObject({
  fault: z.enum(['reset-during', 'reset-before', 'reset-after', 'hang', 'error-before', 'error-after', 'unreadable', 'throttle']).optional(),
  refusal: z.string().optional(),
  end: z.string().optional(),
  seconds: z.number().optional(),
  answerAfter: z.number().optional(),
  webhook: z.enum(['none', 'once', 'twice', 'early', 'forged']).optional(),
  webhookAfter: z.number().optional(),
});

/** @throws the socket's own error where the port is taken */
export async function startSimulator(provider: ProviderDefinition, { port = 0, numbers = [], usual = {}, onCall }: SimulatorOptions = {}): Promise<Simulator> {
  const faxes = new Map<string, SimulatedFax>();
  const documents = new Map<string, Buffer>();
  const scripts = new Map<string, Behaviour[]>();
  const turns = new Map(numbers.map(({ number, behaviours }) => [number, [...behaviours]]));
  const ledger: LedgerEntry[] = [];
  let interference: (() => Interference | undefined) | undefined;
  const timers = new Set<NodeJS.Timeout>();
  const base = randomBytes(3).readUIntBE(0, 3) * 1000;

  const line: Line = {
    faxes,
    stateOf(fax) {
      if (fax.cancelled) return { end: 'cancelled' };
      const now = Date.now();
      if (now >= fax.endsAt) return { end: fax.behaviour.end ?? 'success' };
      return now - fax.takenAt < (fax.endsAt - fax.takenAt) / 10 ? 'queued' : 'in_progress';
    },
  };

  const nextBehaviour = (number: string | undefined): Behaviour => {
    const behaviours = scripts.get(number ?? '') ?? [];
    return (behaviours.length > 1 ? behaviours.shift() : behaviours[0]) ?? nextTurn(number) ?? usual;
  };

  const nextTurn = (number: string | undefined): Behaviour | undefined => {
    const behaviours = turns.get(number ?? '');
    const behaviour = behaviours?.shift();
    if (behaviour !== undefined) behaviours?.push(behaviour);
    return behaviour;
  };

  const note = (entry: LedgerEntry): void => {
    ledger.push(entry);
    onCall?.(entry);
  };

  async function take(call: Call, behaviour: Behaviour): Promise<SimulatedFax> {
    const handed = await provider.readSend(call);
    const now = Date.now();
    const fax = { ...handed, sid: provider.newSid(base + faxes.size + 1), takenAt: now, behaviour, endsAt: now + (behaviour.seconds ?? 0) * 1000, cancelled: false };
    faxes.set(fax.sid, fax);
    const document = handed.document instanceof URL ? Buffer.from(await (await fetch(handed.document)).arrayBuffer()) : handed.document;
    documents.set(fax.sid, document);
    note({ at: now, to: handed.to, attempt: handed.attempt, providerSid: fax.sid, sha256: createHash('sha256').update(document).digest('hex'), bytes: document.length, wrong: behaviour.fault });
    return fax;
  }

  const callbackOf = (sid: string): CallbackRequest => {
    const fax = faxes.get(sid);
    if (fax?.callbackUrl === undefined || provider.callback === undefined) throw new Error(`Nobody is called back about ${sid}`);
    return { url: fax.callbackUrl, ...provider.callback(fax, line) };
  };

  function report(fax: SimulatedFax): void {
    const { webhook = 'once', seconds = 0, webhookAfter = 0 } = fax.behaviour;
    if (fax.callbackUrl === undefined || provider.callback === undefined || webhook === 'none') return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      for (let time = 0; time < (webhook === 'twice' ? 2 : 1); time += 1) void postCallback(callbackOf(fax.sid), webhook === 'forged');
    }, seconds * 1000 + webhookAfter);
    timers.add(timer);
  }

  async function handOver(call: Call, number: string | undefined, behaviour: Behaviour, response: ServerResponse): Promise<void> {
    const untaken = (answer: Answer | undefined): void => {
      note({ at: Date.now(), to: number, attempt: undefined, providerSid: undefined, sha256: undefined, wrong: behaviour.refusal ?? behaviour.fault });
      if (answer === undefined) response.socket?.resetAndDestroy();
      else write(response, answer);
    };
    if (behaviour.answerAfter !== undefined) await pause(behaviour.answerAfter);
    if (behaviour.refusal !== undefined) return untaken(provider.refusals[behaviour.refusal] ?? { status: 500, body: { error: `no refusal ${behaviour.refusal}` } });
    if (behaviour.fault === 'throttle') return untaken(provider.throttled);
    if (behaviour.fault === 'error-before') return untaken({ status: 500, body: { error: 'Internal Server Error' } });
    if (behaviour.fault === 'reset-before') return untaken(undefined);
    const fax = await take(call, behaviour);
    if (behaviour.webhook === 'early') await postCallback(callbackOf(fax.sid), false);
    report(fax);
    switch (behaviour.fault) {
      case 'reset-after':
        response.socket?.resetAndDestroy();
        return;
      case 'hang':
        return;
      case 'error-after':
        return write(response, { status: 500, body: { error: 'Internal Server Error' } });
      case 'unreadable':
        return write(response, { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>OK</html>' });
      default:
        return write(response, provider.accepted(fax, line));
    }
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const head = {
      method: request.method ?? '',
      url: new URL(request.url ?? '/', 'http://simulator'),
      headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
    };
    const isSend = provider.isSend(head);
    const chunks: Buffer[] = [];
    let number: string | undefined;
    let behaviour: Behaviour | undefined;
    const parts: AsyncIterable<Buffer> = request;
    for await (const chunk of parts) {
      chunks.push(chunk);
      if (!isSend || behaviour !== undefined) continue;
      number = provider.numberIn(Buffer.concat(chunks).toString('latin1'));
      behaviour = number === undefined ? undefined : nextBehaviour(number);
      if (behaviour?.fault !== 'reset-during') continue;
      note({ at: Date.now(), to: number, attempt: undefined, providerSid: undefined, sha256: undefined, wrong: behaviour.fault });
      request.socket.resetAndDestroy();
      return;
    }
    const call = { ...head, body: Buffer.concat(chunks) };
    if (call.url.pathname.startsWith('/_simulator/')) return write(response, administer(call));
    if (!provider.authorized(call)) return write(response, provider.unauthorized);
    if (isSend) return handOver(call, number, behaviour ?? nextBehaviour(number), response);
    return answerQuestion(call, response);
  }

  function answerQuestion(call: Call, response: ServerResponse): void {
    switch (interference?.()) {
      case 'reset':
        response.socket?.resetAndDestroy();
        return;
      case 'error':
        return write(response, { status: 503, body: { error: 'Service Unavailable' } });
      case 'unreadable':
        return write(response, { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>OK</html>' });
      case undefined:
        return write(response, provider.answer(call, line));
    }
  }

  function administer({ method, url, body }: Call): Answer {
    const [, number] = /^\/_simulator\/numbers\/(.+)$/.exec(url.pathname) ?? [];
    if (method === 'PUT' && number !== undefined) {
      scripts.set(decodeURIComponent(number), z.array(behaviourSchema).parse(JSON.parse(body.toString('utf8'))));
      return { status: 200, body: {} };
    }
    const document = documents.get(url.pathname.slice('/_simulator/documents/'.length));
    if (document !== undefined) return { status: 200, headers: { 'content-type': 'application/pdf' }, body: document };
    return url.pathname === ledgerPath ? { status: 200, body: JSON.stringify(ledger.map(readable), null, 2) } : { status: 404, body: {} };
  }

  const readable = ({ at, ...entry }: LedgerEntry): object => ({
    at: new Date(at).toISOString(),
    ...entry,
    ...(entry.providerSid === undefined ? {} : { document: new URL(`/_simulator/documents/${entry.providerSid}`, baseUrl) }),
  });

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (!response.headersSent && !response.destroyed) write(response, { status: 500, body: { error: String(error) } });
    });
  });
  const listen = (on: number): Promise<void> => new Promise((resolve, reject) => server.once('error', reject).listen(on, '127.0.0.1', resolve));
  await listen(port);
  const { port: open } = z.custom<AddressInfo>((address) => typeof address === 'object').parse(server.address());
  const baseUrl = new URL(`http://127.0.0.1:${open}`);

  return {
    url: baseUrl,
    ledgerUrl: new URL(ledgerPath, baseUrl),
    ledger,
    script: (number, ...behaviours) => scripts.set(number, [...behaviours]),
    interfere(how) {
      interference = how;
    },
    goAway: () => void server.close(),
    comeBack: () => listen(open),
    endOf(sid) {
      const fax = faxes.get(sid);
      if (fax === undefined) throw new Error(`There is no fax ${sid}`);
      return { end: fax.cancelled ? 'cancelled' : (fax.behaviour.end ?? 'success'), at: fax.endsAt };
    },
    end(sid) {
      const fax = faxes.get(sid);
      if (fax !== undefined) fax.endsAt = Date.now();
    },
    callbackOf,
    close: () =>
      new Promise((resolve) => {
        timers.forEach((timer) => clearTimeout(timer));
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function write(response: ServerResponse, { status, headers = {}, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
}
