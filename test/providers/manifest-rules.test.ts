/** A manifest that is wrong is refused, and whoever wrote it learns where. */
import { documoManifest } from '../../lambdas/providers/documo.manifest.js';
import { readManifest } from '../../lambdas/providers/manifest-rules.js';

/** A small manifest that is right. */
const right = () => ({
  manifest: 1,
  id: 'example-fax',
  name: 'Example Fax',
  baseUrl: 'https://api.example.com',
  hosts: ['api.example.com'],
  secrets: { token: { words: 'The token of the account' } },
  authorization: { kind: 'bearer', token: '{{secret.token}}' },
  send: {
    request: { method: 'POST', path: '/faxes', body: { kind: 'json', value: { to: '{{to}}', file: '{{document}}', tags: ['{{attempt}}'] } } },
    id: '/data/id',
    refused: { '401': 'credentials' },
  },
  statuses: { sent: 'success', sending: 'in_progress', broken: { failed: 'busy' } },
  status: { request: { method: 'GET', path: '/faxes/{{provider_id}}' }, word: '/data/status' },
});

/** The same with one place changed; undefined takes it away. */
function changed(path: string, value: unknown): unknown {
  const manifest: unknown = right();
  const names = path.split('.');
  const last = names.pop() ?? '';
  let place = manifest;
  for (const name of names) {
    if (!isRecord(place)) throw new Error(`There is no ${path}`);
    place[name] ??= {};
    place = place[name];
  }
  if (!isRecord(place)) throw new Error(`There is no ${path}`);
  place[last] = value;
  // Through JSON, as it comes from a person.
  return JSON.parse(JSON.stringify(manifest));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function problems(manifest: unknown): readonly string[] {
  const read = readManifest(manifest);
  return read.kind === 'valid' ? [] : read.problems.map(({ field, message }) => `${field}: ${message}`);
}

test('a manifest that is right has no problems, and so has Documo’s', () => {
  expect(problems(right())).toEqual([]);
  expect(problems(JSON.parse(JSON.stringify(documoManifest)))).toEqual([]);
});

test.each<[string, unknown, string]>([
  ['manifest', 2, 'manifest: must be 1'],
  ['id', 'Example Fax', 'id: must be a lower-case letter'],
  ['surprise', true, 'surprise: is not a field of a manifest'],
  ['hosts', undefined, 'hosts: must list the hosts'],
  ['hosts', ['API.example.com'], 'hosts.0: must be a host in lower case'],
  ['baseUrl', 'http://api.example.com', 'baseUrl: must be https://'],
  ['baseUrl', 'https://user:pass@api.example.com', 'baseUrl: must be https://'],
  ['baseUrl', 'https://api.example.com/v1', 'baseUrl: must be https://'],
  ['send.request.method', 'SEND', 'send.request.method: must be GET, POST'],
  ['send.request.path', 'faxes', 'send.request.path: must begin with /'],
  ['send.request.path', '/faxes?key=1', 'send.request.path: must begin with /'],
  ['send.request.body', { kind: 'xml', value: '' }, 'send.request.body.kind: kind must be multipart, form or json'],
  ['send.id', 'data.id', 'send.id: must be a JSON pointer'],
  ['send.refused', { '500': 'other' }, 'send.refused.500: must be a status from 400 to 499'],
  ['send.refused', { '400': 'unlucky' }, 'send.refused.400: must be one of busy'],
  ['statuses.sent', 'delivered', 'statuses.sent: must be in_progress, success'],
])('%s = %j: %s', (path, value, problem) => expect(problems(changed(path, value))).toContainEqual(expect.stringContaining(problem)));

describe('what a shape can’t say', () => {
  test.each<[string, unknown, string]>([
    ['send.request.path', '/faxes/{{number}}', 'send.request.path: {{number}} is no placeholder'],
    ['send.request.path', '/faxes/{{to', 'send.request.path: holds braces that are no placeholder'],
    ['send.request.path', '/faxes/{{to}}', 'send.request.path: {{to}} can’t stand here'],
    ['send.request.query', { document: '{{document}}' }, 'send.request.query.document: {{document}} can’t stand here'],
    ['status.request.path', '/{{provider_id}}/{{to}}', 'status.request.path: {{to}} can’t stand here'],
    ['authorization.token', '{{secret.key}}', 'authorization.token: there is no key in secrets'],
    ['send.request.headers', { 'X-From': '{{setting.from}}' }, 'send.request.headers.X-From: there is no from in settings'],
    ['send.request.body.value.file', 'a {{document}}', 'send.request.body.value.file: {{document}} must be the whole value'],
    ['send.request.body.value.file', 'nothing', 'send.request.body: must hold {{document}} or {{document_url}}, once'],
    ['send.request.body.value.url', '{{document_url}}', 'send.request.body: must hold {{document}} or {{document_url}}, once'],
    ['send.request.body.value.to', '+12025550123', 'send.request.body: must hold {{to}}'],
    ['send.request.body', { kind: 'form', fields: { to: '{{to}}', file: '{{document}}' } }, 'send.request.body.kind: a form can’t carry {{document}}'],
    ['send.request.headers', { Host: 'elsewhere.example.com' }, 'send.request.headers.Host: the gateway writes this header itself'],
    ['status.request.path', '/faxes', 'status.request: must name the fax by {{provider_id}}'],
    ['status', undefined, 'status: is missing, and there is no webhook'],
    ['statuses.broken', 'by_reason', 'statuses.broken: by_reason needs reasons'],
  ])('%s = %j: %s', (path, value, problem) => expect(problems(changed(path, value))).toContainEqual(expect.stringContaining(problem)));
});

describe('a credential never stands in a manifest', () => {
  test.each<[string, unknown, string]>([
    ['authorization', { kind: 'bearer', token: 'abc' }, 'authorization.token'],
    ['authorization', { kind: 'basic', user: 'me', password: 'abc' }, 'authorization.password'],
    ['send.request.headers', { Authorization: 'Basic abc' }, 'send.request.headers.Authorization'],
    ['send.request.headers', { 'X-API-Key': 'abc' }, 'send.request.headers.X-API-Key'],
    ['send.request.body.value.api_key', 'abc', 'send.request.body.value.api_key'],
  ])('%s = %j', (path, value, field) => expect(problems(changed(path, value))).toContainEqual(`${field}: a credential must come from {{secret.NAME}}, never stand in the manifest`));

  test.each<[string, unknown]>([
    ['send.request.path', '/{{secret.token}}/faxes'],
    ['send.request.query', { key: '{{secret.token}}' }],
    ['baseUrl', 'https://{{secret.token}}'],
  ])('nor in an address: %s = %j', (path, value) => expect(problems(changed(path, value))).toContainEqual(expect.stringContaining('a secret can’t stand here')));
});

test.each(['127.0.0.1', '169.254.169.254', '10.0.0.1:8443', 'localhost', 'metadata.google.internal', 'printer.local', '2130706433'])('%s is no host to call', (host) =>
  expect(problems(changed('hosts', [host]))).toContainEqual('hosts.0: must be a host of the public internet'),
);

test('what is no object at all is refused too', () => {
  for (const value of [undefined, null, 'manifest', 7, []]) expect(readManifest(value).kind).toBe('invalid');
});
