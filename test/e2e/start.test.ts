/** `npm start` as a person meets it: wrong settings are answered by a sentence, and what it prints works when it is pasted. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { call, readFax, untilEnded } from './gateway-client.js';
import { launchAndExit, startLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';

const root = join(__dirname, '..', '..');

async function listening(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: z.object({ port: z.number() }).parse(server.address()).port };
}

describe('a wrong setting is answered by the app’s own sentence, without a stack trace', () => {
  it.each([
    [{ maxFileSizeMb: '40' }, 'The setting maxFileSizeMb is wrong: write a whole number of megabytes from 1 to 4.'],
    [{ colour: 'red' }, 'There is no setting colour: the settings are stage, provider, providerEndpoints, allowSandbox,'],
    [
      { stage: 'production' },
      'The setting provider is wrong: the sandbox delivers no fax, so stage production refuses it: set a real provider, or allowSandbox=true to deploy all the same.',
    ],
  ])('%j', async (context, sentence) => {
    const { code, output } = await launchAndExit({ context });
    expect(code).toBe(1);
    expect(output).toContain(`The stack could not be synthesized. The app says:\n${sentence}`);
    expect(output).not.toMatch(/^\s+at |Error:|node_modules/m);
  }, 60_000);
});

describe('a port', () => {
  it.each([
    ['the gateway', 'PORT', ''],
    ['the console', 'CONSOLE_PORT', ', where the console should be'],
  ])('of %s that is taken is answered by a sentence with another one', async (_whose, variable, where) => {
    const { server, port } = await listening();
    try {
      const { code, output } = await launchAndExit({ assembly: await testAssembly(), env: { [variable]: String(port) } });
      expect([code, output.trim().split('\n').at(-1)]).toEqual([1, `Port ${port} is taken${where}. Free it, or choose another: ${variable}=${port + 1} npm start`]);
    } finally {
      server.close();
    }
  }, 240_000);

  it.each([['PORT', '80a'], ['CONSOLE_PORT', '65536']])('%s=%s is none', async (variable, port) => {
    expect(await launchAndExit({ env: { [variable]: port } })).toEqual({ code: 1, output: `${variable} must be a port number from 0 to 65535, not "${port}".\n` });
  });
});

describe('production with the sandbox, where a team insists', () => {
  it('starts on the wanted port; the printed curl sends a fax; the key is printed once; --reset begins anew', async () => {
    const { server, port } = await listening();
    server.close();
    const state = mkdtempSync(join(tmpdir(), 'start-'));
    const options = { state, context: { stage: 'production', allowSandbox: 'true', sandboxSecondsPerPage: '0' }, env: { PORT: String(port) } };
    try {
      const first = await startLocalCloud(options);
      const key = first.adminKey;
      expect(first.gatewayUrl).toBe(`http://127.0.0.1:${port}`);
      expect(first.consoleUrl).toMatch(/^http:\/\/localhost:\d+$/);
      expect(first.logs()).toContain(`Console    ${first.consoleUrl}\n`);
      expect((await fetch(first.consoleUrl)).status).toBe(200);
      expect(first.logs()).toContain(`Admin key  ${key}  (shown once; kept in ${join(state, 'bootstrap-admin-key')})`);
      expect(statSync(join(state, 'bootstrap-admin-key')).mode & 0o777).toBe(0o600);
      expect(first.outputs['Warning']).toBe('The provider is the sandbox: it dials nobody, and no fax is delivered');

      const curl = first.logs().split('\n').find((line) => line.trim().startsWith('curl ')) ?? '';
      const printed: unknown = JSON.parse(execFileSync('bash', ['-ec', `${curl} -sS`], { cwd: root, encoding: 'utf8' }));
      const { id } = z.object({ id: z.string() }).parse(printed);
      expect((await untilEnded(first.gatewayUrl, key, id)).state).toBe('success');
      expect(await first.stop()).toBe(0);

      const second = await startLocalCloud(options);
      expect(second.logs()).toContain(`Admin key  in ${join(state, 'bootstrap-admin-key')}\n`);
      expect(second.logs()).not.toContain(key);
      expect(second.logs()).toContain('done, unchanged');
      expect(readFax(await call(second.gatewayUrl, 'GET', `/fax/${id}`, { key })).state).toBe('success');
      await second.stop();

      const third = await startLocalCloud({ state, assembly: await testAssembly(), flags: ['--reset'] });
      expect(third.logs()).toContain(`Began anew: ${state} is empty.`);
      expect(third.adminKey).not.toBe(key);
      expect((await call(third.gatewayUrl, 'GET', `/fax/${id}`, { key })).status).toBe(401);
      expect((await call(third.gatewayUrl, 'GET', `/fax/${id}`, { key: third.adminKey })).status).toBe(404);
      await third.stop();
    } finally {
      rmSync(state, { recursive: true, force: true });
    }
  }, 240_000);
});
