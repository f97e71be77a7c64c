/** Each example of a page is a program that runs against the gateway as it is printed, but for the gateway's port. */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startLocalCloud, type RunningLocalCloud } from '../e2e/local-cloud.js';
import { testAssembly } from '../e2e/shared-assembly.js';
import { languages, pythonEnvironment, root, type Language } from './languages.js';
import { installPacked } from './packed.js';

const admin = 'the administrator of examples';
let cloud: RunningLocalCloud;
let folder: string;

beforeAll(async () => {
  ({ folder } = installPacked());
  mkdirSync(join(folder, 'examples'));
  cloud = await startLocalCloud({ assembly: await testAssembly(), apiKey: admin });
}, 240_000);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await cloud.stop();
});

/** The examples of the page "API Keys" that users of Faxbot know, as they stand there. */
const known: Readonly<Record<Language, string>> = {
  node: `const FaxbotClient = require('faxbot');
const client = new FaxbotClient('http://localhost:8080', process.env.API_KEY);
(async () => {
  const job = await client.sendFax('+15551234567', './document.pdf');
  console.log('Queued:', job.id);
  const status = await client.getStatus(job.id);
  console.log('Status:', status.status);
})();
`,
  python: `from faxbot import FaxbotClient
client = FaxbotClient('http://localhost:8080', api_key=os.getenv('API_KEY'))
job = client.send_fax('+15551234567', './document.pdf')
print('Queued', job['id'])
status = client.get_status(job['id'])
print('Status', status['status'])
`,
};
const fences = { node: 'js', python: 'python' } as const;

function blocksOf(page: string, language: Language): readonly string[] {
  return [...readFileSync(join(root, page), 'utf8').matchAll(new RegExp(`^\`\`\`${fences[language]}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, text = '']) => text);
}

/** Runs a program beside the document, with the key in its environment. Gives what it printed; it must end well. */
async function run(language: Language, text: string): Promise<string> {
  const here = text.replaceAll('http://localhost:8080', cloud.gatewayUrl);
  const name = language === 'python' ? 'example.py' : /^import /m.test(text) ? 'example.mjs' : 'example.cjs';
  writeFileSync(join(folder, 'examples', name), here);
  const { stdout, stderr } = await promisify(execFile)(language === 'python' ? 'python3' : process.execPath, [join('examples', name)], {
    cwd: folder,
    env: { ...pythonEnvironment, API_KEY: admin },
  });
  return stdout + stderr;
}

describe.each(languages)('for %s', (language) => {
  const pages = [`docs/sdks/${language}.md`, `sdks/${language}/README.md`, 'README.md'];
  const withImport = language === 'python' ? `import os\n${known.python}` : known.node;

  it('the known example runs as it is printed', async () => {
    expect(await run(language, withImport)).toMatch(/^Queued:? [0-9a-f]{32}\nStatus:? (queued|in_progress|SUCCESS)\n$/);
  });

  it.each(pages)('%s begins with the known example', (page) => {
    expect(blocksOf(page, language)[0]).toBe(withImport);
  });

  it.each(blocksOf(`docs/sdks/${language}.md`, language).slice(1))('runs: %j', async (text) => {
    const printed = await run(language, text);
    expect(printed).toMatch(text.includes('missing.pdf') ? /^file_not_readable \.\/missing\.pdf can't be read: it does not exist\n$/ : /^[0-9a-f]{32} (SUCCESS|queued) ?\n$/);
  }, 60_000);
});
