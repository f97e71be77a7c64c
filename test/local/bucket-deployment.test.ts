/** Custom::CDKBucketDeployment: what of which asset stands in the bucket afterwards, and how. */
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { builtInProviders } from '../../local/cloud/inert.js';
import { deploy } from '../../local/cloud/deploy.js';
import { resolveReferences } from '../../local/cloud/dynamic-references.js';
import { parseTemplate } from '../../local/cloud/template.js';
import { fileFilter } from '../../local/s3/deployed-files.js';
import { createS3 } from '../../local/s3/s3.js';
import { identity, startOneModule, type OneModule } from './one-module.js';

const assets = mkdtempSync(join(tmpdir(), 'assets-'));
afterAll(() => { rmSync(assets, { recursive: true, force: true }); });

function write(folder: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(assets, folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}

describe('a bucket deployment', () => {
  let one: OneModule<ReturnType<typeof createS3>>;
  let s3: S3Client;
  let bucket: string;

  beforeEach(async () => {
    const sources = new Map(['site', 'data', 'zip'].map((name) => [`${name}.zip`, join(assets, name)]));
    one = await startOneModule((dependencies) => createS3({ ...dependencies, assets: sources }));
    s3 = new S3Client({ ...one.administrator, forcePathStyle: true });
    bucket = (await one.create('AWS::S3::Bucket', {}, 'Bucket')).ref;
    rmSync(join(assets, 'site'), { recursive: true, force: true });
    write('site', { 'index.html': '<html>', 'assets/app-1a.js': 'js', 'assets/app-1a.css': 'css', 'icon.svg': '<svg/>', 'LICENSE': 'text' });
    write('data', { 'config.json': '{"url":"<<marker:0xbaba:0>>"}', 'bytes.bin': Buffer.from([0xff, 0xfe, 0x00]) });
    writeFileSync(join(assets, 'zip'), 'PK');
  });
  afterEach(async () => {
    s3.destroy();
    await one.close();
  });

  const deployment = (properties: object, key = 'site.zip'): Promise<unknown> =>
    one.create('Custom::CDKBucketDeployment', { ServiceToken: 'arn', SourceBucketNames: ['assets'], SourceObjectKeys: [key], DestinationBucketName: bucket, ...properties }, 'Deployment');
  const keys = async (): Promise<(string | undefined)[]> => ((await s3.send(new ListObjectsV2Command({ Bucket: bucket }))).Contents ?? []).map(({ Key }) => Key);
  const head = (key: string) => s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
  const text = async (key: string): Promise<string | undefined> => (await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }))).Body?.transformToString('latin1');

  it('puts every file there, with its type and the metadata that was asked for', async () => {
    await deployment({ SystemMetadata: { 'cache-control': 'no-cache' }, UserMetadata: { Team: 'fax' } });
    expect(await keys()).toEqual(['LICENSE', 'assets/app-1a.css', 'assets/app-1a.js', 'icon.svg', 'index.html']);
    const types = await Promise.all((await keys()).map(async (key) => (await head(key ?? '')).ContentType));
    expect(types).toEqual(['binary/octet-stream', 'text/css', 'application/javascript', 'image/svg+xml', 'text/html']);
    expect(await head('index.html')).toMatchObject({ CacheControl: 'no-cache', Metadata: { team: 'fax' } });
  });

  it('takes what the filters take, below a prefix', async () => {
    await deployment({ Exclude: ['*'], Include: ['assets/*'], DestinationBucketKeyPrefix: 'v1' });
    expect(await keys()).toEqual(['v1/assets/app-1a.css', 'v1/assets/app-1a.js']);
  });

  it('replaces markers byte by byte, escaped for JSON where that is asked', async () => {
    await deployment({ SourceMarkers: [{ '<<marker:0xbaba:0>>': 'a"b' }], SourceMarkersConfig: [{ jsonEscape: true }] }, 'data.zip');
    expect(await text('config.json')).toBe('{"url":"a\\"b"}');
    await deployment({ SourceMarkers: [{ '<<marker:0xbaba:0>>': '$& é' }] }, 'data.zip');
    expect(Buffer.from((await text('config.json')) ?? '', 'latin1').toString()).toBe('{"url":"$& é"}');
    expect(Buffer.from((await text('bytes.bin')) ?? '', 'latin1')).toEqual(Buffer.from([0xff, 0xfe, 0x00]));
  });

  it('removes what the source no longer has, unless it must not or a filter keeps it', async () => {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'old.html', Body: 'old' }));
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'assets/old.js', Body: 'old' }));
    await deployment({ Prune: false });
    expect(await keys()).toContain('old.html');
    await deployment({ Exclude: ['assets/*'] });
    expect(await keys()).toEqual(['LICENSE', 'assets/app-1a.css', 'assets/app-1a.js', 'assets/old.js', 'icon.svg', 'index.html']);
  });

  it('leaves an object alone that is already so, and writes one that is not', async () => {
    await deployment({});
    const before = await head('index.html');
    await one.restart();
    bucket = (await one.create('AWS::S3::Bucket', {}, 'Bucket')).ref;
    await deployment({});
    expect((await head('index.html')).LastModified).toEqual(before.LastModified);
    write('site', { 'index.html': '<HTML>' });
    await deployment({});
    expect(await text('index.html')).toBe('<HTML>');
    await deployment({ SystemMetadata: { 'cache-control': 'no-store' } });
    expect((await head('index.html')).CacheControl).toBe('no-store');
  });

  it.each<[string, object, string | undefined, string]>([
    ['an unknown property', { SignContent: true }, undefined, 'SignContent'],
    ['an unknown kind of metadata', { SystemMetadata: { 'storage-class': 'GLACIER' } }, undefined, 'storage-class'],
    ['a character class in a pattern', { Exclude: ['[ab]*'] }, undefined, 'it knows * and ?'],
    ['an asset that is not there', {}, 'none.zip', 'no asset none.zip'],
    ['an asset that is a file', {}, 'zip.zip', 'is a file'],
  ])('%s is an error', async (_what, properties, key, message) => {
    await expect(deployment(properties, key)).rejects.toThrow(message);
  });
});

test('of filters the last one that matches decides', () => {
  const taken = fileFilter(['*', 'a/*'], ['a/b*']);
  expect(['x', 'a/x', 'a/b/c', 'b'].map(taken)).toEqual([false, false, true, false]);
});

describe('the provider of a built-in custom resource', () => {
  const provider = { Type: 'AWS::Lambda::Function', Properties: { Runtime: 'python3.13', Layers: ['x'] } };
  const token = { 'Fn::GetAtt': ['Provider', 'Arn'] };

  it('is that function alone which is its ServiceToken', () => {
    const { Resources } = parseTemplate({
      Resources: { Provider: provider, Other: provider, Files: { Type: 'Custom::CDKBucketDeployment', Properties: { ServiceToken: token } }, Else: { Type: 'Custom::Else', Properties: { ServiceToken: { 'Fn::GetAtt': ['Other', 'Arn'] } } } },
    });
    expect([...builtInProviders(Resources)]).toEqual(['Provider']);
  });
});

describe('a dynamic reference', () => {
  const read = (secretId: string, key: string | undefined): string => `<${secretId} ${key ?? ''}>`;
  const arn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:Name-AbCdEf';

  it.each([
    [`{{resolve:secretsmanager:${arn}:SecretString:::}}`, `<${arn} >`],
    [`{{resolve:secretsmanager:${arn}}}`, `<${arn} >`],
    ['{{resolve:secretsmanager:Name:SecretString:password}}', '<Name password>'],
    ['{{resolve:secretsmanager:Name:SecretString:password:AWSCURRENT}}', '<Name password>'],
    ['a {{resolve:secretsmanager:Name}} b {{resolve:secretsmanager:Other}}', 'a <Name > b <Other >'],
  ])('%s is read', (reference, value) => {
    expect(resolveReferences({ list: [reference], number: 1 }, read)).toEqual({ list: [value], number: 1 });
  });

  it.each(['ssm:/name:1', 'ssm-secure:/name', 'secretsmanager:Name:SecretBinary', 'secretsmanager:Name:SecretString::AWSPREVIOUS', `secretsmanager:${arn}:SecretString:::0123`])('%s is an error', (inner) => {
    expect(() => resolveReferences(`{{resolve:${inner}}}`, read)).toThrow(/the local cloud resolves|does not resolve/);
  });

  it('is no property of a custom resource', async () => {
    const template = parseTemplate({ Resources: { Thing: { Type: 'Custom::CDKBucketDeployment', Properties: { UserMetadata: { a: '{{resolve:secretsmanager:Name}}' } } } } });
    const one = await startOneModule(createS3);
    try {
      await expect(deploy(template, identity, one.module.resourceTypes)).rejects.toThrow("can't have dynamic references");
    } finally {
      await one.close();
    }
  });
});
