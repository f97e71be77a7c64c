/** The functions that run in CloudFront, as they are in the template: on every request for the console, before everything else. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import * as z from 'zod';
import { viewerAddressHeader } from '../../lambdas/contract/console-origin.js';

const requestShape = z.looseObject({ uri: z.string(), headers: z.record(z.string(), z.object({ value: z.string() })) });
type EdgeRequest = z.output<typeof requestShape>;

const sourceOf = (name: string) => readFileSync(join(__dirname, '..', '..', 'lib', 'edge', `${name}.cjs`), 'utf8');

/** What the function makes of a request, in a world with nothing but the language in it. */
function run(name: string, request: EdgeRequest, viewer = '192.0.2.7'): EdgeRequest {
  const event = { version: '1.0', viewer: { ip: viewer }, request };
  return requestShape.parse(JSON.parse(String(runInContext(`${sourceOf(name)}\nJSON.stringify(handler(${JSON.stringify(event)}))`, createContext({})))));
}

const pageFor = (uri: string) => run('console-page', { uri, headers: {} }).uri;

describe('the address of a page', () => {
  it.each(['/', '/faxes', '/api-keys/fbk_1/edit', '/settings/', '/v1.2/faxes'])('%s is the console', (uri) => {
    expect(pageFor(uri)).toBe('/index.html');
  });

  it.each(['/index.html', '/faxbot.svg', '/assets/index-Dup-S67d.js', '/assets/shared-B8GvFhVt.css'])('%s is a file', (uri) => {
    expect(pageFor(uri)).toBe(uri);
  });
});

describe('the viewer’s address', () => {
  const forward = (headers: EdgeRequest['headers'], viewer?: string) => run('viewer-address', { uri: '/api/fax', headers }, viewer);

  it.each(['192.0.2.7', '2001:db8::7'])('%s goes to the gateway, with what else there is untouched', (viewer) => {
    expect(forward({ accept: { value: '*/*' } }, viewer)).toEqual({ uri: '/api/fax', headers: { accept: { value: '*/*' }, [viewerAddressHeader]: { value: viewer } } });
  });

  it('takes the place of what a viewer says of itself', () => {
    expect(forward({ [viewerAddressHeader]: { value: '10.0.0.1' } }).headers).toEqual({ [viewerAddressHeader]: { value: '192.0.2.7' } });
  });
});

it.each(['console-page', 'viewer-address'])('%s fits into CloudFront: 10 KB, without a module and without a wait', (name) => {
  const source = sourceOf(name);
  expect(Buffer.byteLength(source)).toBeLessThan(10_240);
  expect(source).not.toMatch(/\b(import|require|async|await)\b/);
});
