/** kill -9 of everything, then the same state again: what was acknowledged is there, and what was begun goes on. */
import { connect } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call, faxForm, freshNumber, readCreatedKey, readFax, until } from './gateway-client.js';
import { startLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';
import { callsByJob, readTemplate, sweepNow } from './stack-resources.js';

const admin = 'restart-test-administrator';

function isOpen(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

it('kill -9 in the middle of it loses no acknowledged fax or key, and sends none twice', async () => {
  const assembly = await testAssembly();
  const template = readTemplate(assembly);
  const state = mkdtempSync(join(tmpdir(), 'restart-'));
  const acknowledged = new Set<string>();
  const keys: string[] = [];
  try {
    for (const killAfter of [8, 20]) {
      const cloud = await startLocalCloud({ assembly, state, apiKey: admin });
      const base = cloud.gatewayUrl;
      let answered = 0;
      const dying = new Promise<void>((resolve) => {
        const send = async (): Promise<void> => {
          try {
            const answer = await call(base, 'POST', '/fax', { key: admin, form: faxForm(freshNumber()) });
            if (answer.status === 202) acknowledged.add(readFax(answer).id);
            answered += 1;
            if (answered === killAfter) resolve();
          } catch {
            // The gateway is gone: this one was not acknowledged.
          }
        };
        for (let sent = 0; sent < 30; sent += 1) void send();
      });
      keys.push(readCreatedKey(await call(base, 'POST', '/admin/api-keys', { key: admin, json: { scopes: ['fax:read'] } })).token);
      await dying;
      await cloud.kill();
    }
    const cloud = await startLocalCloud({ assembly, state, apiKey: admin });
    for (const token of keys) expect((await call(cloud.gatewayUrl, 'GET', `/fax/${'0'.repeat(32)}`, { key: token })).status).toBe(404);
    expect(acknowledged.size).toBeGreaterThanOrEqual(20);
    for (const id of acknowledged) {
      await until(
        async () => {
          const { state: now } = readFax(await call(cloud.gatewayUrl, 'GET', `/fax/${id}`, { key: admin }));
          if (now === 'submitting') await sweepNow(cloud, template);
          return now;
        },
        (now) => now === 'success' || now === 'uncertain',
        60,
      );
    }
    expect([...(await callsByJob(cloud, template))].filter(([, count]) => count > 1)).toEqual([]);
    const { gatewayUrl, endpointUrl, pid } = cloud;
    expect(await cloud.stop()).toBe(0);
    expect([await isOpen(gatewayUrl), await isOpen(endpointUrl)]).toEqual([false, false]);
    expect(() => process.kill(pid, 0)).toThrow();
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
}, 240_000);
