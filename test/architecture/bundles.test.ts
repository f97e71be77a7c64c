/** The judgement on bundles finds what it is there to find. (`npm run bundles` holds it against the real ones.) */
import { buildSync } from 'esbuild';
import { judgeBundle } from '../../bin/bundle-budget.js';

/** A bundle made as lib/bundle.ts makes them. */
function bundle(source: string): Buffer {
  const { outputFiles } = buildSync({
    stdin: { contents: source, resolveDir: __dirname },
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    mainFields: ['module', 'main'],
    write: false,
  });
  return Buffer.from(outputFiles[0]?.contents ?? '');
}

const use = 'console.log(z.object({ a: z.string() }).parse({ a: process.argv[2] }));';

describe('a bundle', () => {
  it('passes with zod as the house imports it', () => {
    expect(judgeBundle('health', bundle(`import * as z from 'zod'; ${use}`)).faults).toEqual([]);
    expect(judgeBundle('health', bundle(`import * as z from 'zod/mini'; ${use}`)).faults).toEqual([]);
  });

  it('is refused with the whole of zod in it', () => {
    expect(judgeBundle('key-admin', bundle(`import { z } from 'zod'; ${use}`)).faults).toContain("holds the whole of zod, by import { z } from 'zod'");
  });

  it('is refused with the tracer in it', () => {
    expect(judgeBundle('health', bundle('console.log(process.env.AWS_XRAY_CONTEXT_MISSING)')).faults).toEqual(['holds the X-Ray tracer']);
  });

  it('on the way of a fax is refused with a client of the SDK in it, and another is not', () => {
    const code = bundle("import { SQSClient } from '@aws-sdk/client-sqs'; console.log(new SQSClient({}));");
    expect(judgeBundle('fax-read', code).faults).toEqual(['holds a client of the AWS SDK']);
    expect(judgeBundle('key-admin', code).faults).toEqual([]);
  });

  it.each([
    ['authorizer', 50],
    ['key-admin', 400],
    ['fax-upload', 350],
  ] as const)('of %s passes with %d KB and not with a byte more', (name, kilobytes) => {
    expect(judgeBundle(name, Buffer.alloc(kilobytes * 1024)).faults).toEqual([]);
    expect(judgeBundle(name, Buffer.alloc(kilobytes * 1024 + 1)).faults).toEqual(['1 KB over its budget']);
  });
});
