/** What the documents say is true of the code: links, operations, settings, errors, the reference page, what is inert. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import * as z from 'zod';
import { withOperations } from '../../bin/write-api-reference.js';
import { eventClasses } from '../../lambdas/audit/event.js';
import { faultWords } from '../../lambdas/audit/verify-chain.js';
import { errors } from '../../lambdas/contract/errors.js';
import { operationIds, operations } from '../../lambdas/contract/operations.js';
import { faxStateSchema } from '../../lambdas/contract/schemas.js';
import { scopes } from '../../lambdas/contract/scopes.js';
import { settingNames as runTimeSettings } from '../../lambdas/contract/settings-schemas.js';
import { numberSettings, stackNumberSettings, switchSettings, tierSettings } from '../../lambdas/contract/settings.js';
import { tiers, usagePlanNames } from '../../lambdas/contract/tiers.js';
import { readConfig, settingNames as stackSettingNames } from '../../lib/config.js';
import { inertResourceTypes } from '../../local/cloud/inert.js';

const root = join(__dirname, '..', '..');
const pages = ['README.md', 'CHANGELOG.md', ...pagesBelow('docs'), ...pagesBelow('sdks')];

function pagesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return pagesBelow(path);
    return path.endsWith('.md') ? [path] : [];
  });
}

function textOf(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

function withoutCode(text: string): string {
  return text.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '');
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): ReadonlySet<string> {
  const headings = textOf(page)
    .replaceAll(/^```[\s\S]*?^```/gm, '')
    .matchAll(/^#{1,6} +(.+)$/gm);
  return new Set(
    [...headings].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** The sections of a page by the text of their second-level headings. */
function sectionsOf(page: string): ReadonlyMap<string, string> {
  const [, ...parts] = textOf(page).split(/^## /m);
  return new Map(parts.map((part): [string, string] => [part.split('\n')[0] ?? '', part]));
}

/** The cells of a table's row that begins with a name in code. */
function rowOf(page: string, name: string): string[] {
  const line = textOf(page)
    .split('\n')
    .find((one) => one.startsWith(`| \`${name}\` |`));
  return (line ?? '').split('|').map((cell) => cell.trim().replaceAll('`', ''));
}

describe('every page', () => {
  it.each(pages)('%s links only to pages and headings that exist', (page) => {
    const links = [...withoutCode(textOf(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
    const broken = links.filter((link) => {
      if (/^[a-z]+:/.test(link)) return false;
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : relative(root, join(root, dirname(page), path));
      if (!existsSync(join(root, target))) return true;
      return anchor !== undefined && !anchorsOf(target).has(anchor);
    });
    expect(broken).toEqual([]);
  });

  it.each(pages)('%s names no folder of a machine and no address of a private host', (page) => {
    expect(textOf(page).match(/(?:\/home\/|\/Users\/|\/root\/|\/work\/|[A-Z]:\\|https?:\/\/\d+\.\d+\.\d+\.\d+(?<!127\.0\.0\.1))\S*/g) ?? []).toEqual([]);
  });

  it.each(pages)('%s calls only operations that exist, with their own methods', (page) => {
    const code = [...textOf(page).matchAll(/^```(?:bash|sh)?\n([\s\S]*?)^```/gm)].map(([, text = '']) => text.replaceAll('\\\n', ' ')).join('\n');
    const commands = code.split('\n').flatMap((line) => (line.includes('curl ') ? line.split('curl ').slice(1) : []));
    const unknown = commands.filter((command) => {
      const path = /\$BASE(\/[^"'\s?]*)/.exec(command)?.[1];
      if (path === undefined) return false;
      const method = /-X +([A-Z]+)/.exec(command)?.[1] ?? (/ -(?:F|d|-json|-data) /.test(command) ? 'POST' : 'GET');
      return !operationIds.some((id) => operations[id].method === method && patternOf(operations[id].path).test(path));
    });
    expect(unknown).toEqual([]);
  });
});

/** `/fax/{id}` matches `/fax/$JOB_ID`. */
function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '(?:\\$\\w+|[0-9a-z-]+)')}$`);
}

describe('a comment', () => {
  it('names only pages that exist', () => {
    const sources = execFileSync('git', ['ls-files', '*.ts', '*.tsx', '*.mjs', '*.cjs'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
    const named = sources.flatMap((source) => [...textOf(source).matchAll(/docs\/[\w/.-]+\.md/g)].map(([page]) => page));
    expect(named.length).toBeGreaterThan(20);
    expect([...new Set(named)].filter((page) => !existsSync(join(root, page)))).toEqual([]);
  });
});

describe('docs/guides/configuration.md', () => {
  const page = 'docs/guides/configuration.md';

  it('has a row for each setting, and for nothing else', () => {
    const rows = [...textOf(page).matchAll(/^\| `(\w+)` \|/gm)].map(([, name = '']) => name);
    expect(rows.filter((name) => !usagePlanNames.some((plan) => plan === name)).sort()).toEqual([...stackSettingNames].sort());
  });

  it('names the defaults that the stack has', () => {
    const { usagePlans, providerEndpoints, privateNotifyHosts, ...defaults } = readConfig({});
    expect([providerEndpoints, rowOf(page, 'providerEndpoints')[3]]).toEqual([{}, 'none']);
    expect([privateNotifyHosts, rowOf(page, 'privateNotifyHosts')[3]]).toEqual([[], 'none']);
    const documented = Object.fromEntries(Object.keys(defaults).map((name) => [name, rowOf(page, name)[3]]));
    expect(documented).toEqual(Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, String(value)])));
    for (const [name, { ratePerSecond, burst, quota }] of usagePlans) {
      expect(rowOf(page, name).slice(1, 5)).toEqual([name, String(ratePerSecond), String(burst), quota === undefined ? 'none' : JSON.stringify(quota)]);
    }
  });
});

describe('docs/guides/settings.md', () => {
  const page = 'docs/guides/settings.md';

  it('has a row for each setting, and for nothing else', () => {
    expect([...textOf(page).matchAll(/^\| `(\w+)` \|/gm)].map(([, name = '']) => name)).toEqual(runTimeSettings);
  });

  it('names the bounds and the defaults that the gateway has', () => {
    const rows = Object.fromEntries(runTimeSettings.map((name) => [name, rowOf(page, name)]));
    for (const [name, { default: preset }] of Object.entries(switchSettings)) expect(rows[name]?.slice(2, 4)).toEqual(['true, false', String(preset)]);
    for (const [name, { least, most, default: preset }] of Object.entries(numberSettings)) expect(rows[name]?.slice(2, 4)).toEqual([`${least} to ${most}`, String(preset)]);
    for (const [name, { least, most }] of Object.entries(stackNumberSettings)) {
      expect(rows[name]?.[2]).toMatch(new RegExp(`^${least} to (${most}|maxFileSizeMb)$`));
      expect(stackSettingNames).toContain(rows[name]?.[3]);
    }
    const { least, most, default: preset } = tierSettings.TIER_REQUESTS_PER_MINUTE;
    expect(rows['TIER_REQUESTS_PER_MINUTE']?.slice(2, 4)).toEqual([`an object of ${tiers.join(', ')}, each ${least} to ${most}`, JSON.stringify(preset)]);
  });
});

describe('docs/errors.md', () => {
  const sections = sectionsOf('docs/errors.md');

  it('has one section for each code of the contract', () => {
    expect([...sections.keys()].sort()).toEqual(Object.keys(errors).sort());
  });

  it.each(Object.entries(errors))('tells the status and the text of %s', (code, { status, detail }) => {
    expect(sections.get(code)).toContain(`Status **${status}**. Text: \`${detail}\``);
    expect(sections.get(code)).toContain('**What to do:**');
  });
});

describe('docs/api.md', () => {
  it('is what bin/write-api-reference.ts makes of the operations table', () => {
    expect(withOperations(textOf('docs/api.md')) === textOf('docs/api.md')).toBe(true);
  });

  it('explains each state and each scope', () => {
    const text = sectionsOf('docs/api.md');
    for (const state of faxStateSchema.options) expect(text.get('Status and state')).toContain(`| \`${state}\` |`);
    for (const scope of scopes) expect(text.get('Keys and scopes')).toContain(`\`${scope}\``);
  });
});

describe('docs/audit.md', () => {
  it('has a row for each event, with its class, and for no other', () => {
    const rows = [...textOf('docs/audit.md').matchAll(/^\| `(\w+)` \| (administrative|fax|sign-in) \|/gm)].map(([, name, kind]) => [name, kind]);
    expect(Object.fromEntries(rows)).toEqual(eventClasses);
  });

  it('explains each fault that verification finds', () => {
    for (const fault of Object.keys(faultWords)) expect(sectionsOf('docs/audit.md').get('Verifying it')).toContain(`| \`${fault}\` |`);
  });
});

describe('docs/architecture.md', () => {
  it('names each state of a fax and each function of the operations table', () => {
    const text = textOf('docs/architecture.md');
    for (const state of faxStateSchema.options) expect(text).toContain(`\`${state}\``);
    for (const id of operationIds) expect(text).toContain(`\`${operations[id].servedBy}\``);
  });
});

describe('docs/local-cloud.md', () => {
  it('lists each resource type without effect', () => {
    const listed = [...(sectionsOf('docs/local-cloud.md').get('Without effect here') ?? '').matchAll(/^\| `(AWS::\w+::\w+)` \|/gm)].map(([, type]) => type);
    expect(listed.sort()).toEqual(Object.keys(inertResourceTypes).sort());
  });
});

describe.each(['execution-policy', 'execution-policy-console'])('the policy for deployments, %s', (name) => {
  const text = textOf(`docs/guides/${name}.json`);
  const policy = z.object({ Statement: z.array(z.object({ Effect: z.literal('Allow'), Action: z.array(z.string()) })) }).parse(JSON.parse(text));

  it('fits into one managed policy', () => {
    expect(text.replaceAll(/\s/g, '').length).toBeLessThanOrEqual(6144);
  });

  it('allows no whole service', () => {
    expect(policy.Statement.flatMap(({ Action }) => Action).filter((action) => action.endsWith(':*'))).toEqual([]);
  });
});

describe('the decisions', () => {
  it('are numbered without a gap and dated', () => {
    const names = pagesBelow('docs/adr').map((page) => page.slice('docs/adr/'.length));
    expect(names.map((name) => Number(name.slice(0, 4)))).toEqual(names.map((_, index) => index + 1));
    for (const name of names) expect(textOf(`docs/adr/${name}`)).toMatch(/^Date: \d{4}-\d{2}-\d{2}$/m);
  });
});
