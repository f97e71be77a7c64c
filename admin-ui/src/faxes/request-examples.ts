/** The request of a form as a program makes it: for a shell, for Node and for Python. The key is a placeholder. Pure. */

export interface FormRequest {
  /** The gateway's address. */
  readonly base: string;
  readonly to: string;
  readonly fileName: string;
}

/** What stands in an example where the form is still empty: what the documentation has. */
export const exampleNumber = '+15551234567';
export const exampleFile = 'document.pdf';

export function curlExample({ base, to, fileName }: FormRequest): string {
  return [
    `BASE=${shellWord(base)}`,
    'curl -X POST "$BASE/fax" \\',
    '  -H "X-API-Key: $API_KEY" \\',
    `  -F ${shellWord(`to=${to}`)} \\`,
    `  -F ${shellWord(`file=@${curlFile(`./${fileName}`)}`)}`,
  ].join('\n');
}

export function statusExample(): string {
  return ['# Then check status', 'curl -H "X-API-Key: $API_KEY" \\', '  "$BASE/fax/$JOB_ID"'].join('\n');
}

export function nodeExample({ base, to, fileName }: FormRequest): string {
  return [
    "const FaxbotClient = require('faxbot');",
    `const client = new FaxbotClient(${script(base)}, process.env.API_KEY);`,
    '(async () => {',
    `  const job = await client.sendFax(${script(to)}, ${script(`./${fileName}`)});`,
    "  console.log('Queued:', job.id);",
    '  const status = await client.getStatus(job.id);',
    "  console.log('Status:', status.status);",
    '})();',
  ].join('\n');
}

export function pythonExample({ base, to, fileName }: FormRequest): string {
  return [
    'import os',
    'from faxbot import FaxbotClient',
    `client = FaxbotClient(${script(base)}, api_key=os.getenv('API_KEY'))`,
    `job = client.send_fax(${script(to)}, ${script(`./${fileName}`)})`,
    "print('Queued', job['id'])",
    "status = client.get_status(job['id'])",
    "print('Status', status['status'])",
  ].join('\n');
}

/** As one word of a POSIX shell. */
function shellWord(text: string): string {
  return /^[\w+=@%:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** curl reads `;` and `,` in a file's name as its own, unless it is quoted. */
function curlFile(path: string): string {
  return /[;,"\\]/.test(path) ? `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"` : path;
}

/** A string of JavaScript and of Python. */
function script(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
