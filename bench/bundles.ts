/** The bytes of each function's bundle, which a cold start reads, parses and compiles. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { benchAssembly } from './bench-assembly.js';
import { atMost, type Bench } from './measurement.js';

const authorizerKilobytes = 60;
const otherKilobytes = 400;

export const bundlesBench: Bench = {
  name: 'bundles',
  about: 'bytes of each bundle',
  async measure() {
    const { bundles } = await benchAssembly();
    return [...bundles]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, folder]) => {
        const code = readFileSync(join(folder, 'index.js'));
        return {
          what: name,
          value: code.length / 1024,
          unit: 'KB',
          target: atMost(name === 'authorizer' ? authorizerKilobytes : otherKilobytes),
          remark: `${Math.round(gzipSync(code).length / 1024)} KB gzip; ${code.includes('aws-xray-sdk') ? 'with' : 'without'} the tracer`,
        };
      });
  },
};
