/** What a bucket deployment puts into its bucket: files of assets with their markers replaced, chosen by filters. Pure but for reading. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { wildcard } from '../iam/pattern.js';

/** Texts in the files → what stands there in the bucket. */
export type Markers = Readonly<Record<string, string>>;

export interface DeployedFile {
  /** Relative, with slashes. */
  readonly name: string;
  readonly content: Buffer;
}

/** The files of a source; of several sources a later one wins. */
export function filesOf(directory: string, markers: Markers): readonly DeployedFile[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(directory, name)).isFile())
    .map((name) => ({ name: name.replaceAll('\\', '/'), content: withMarkers(readFileSync(join(directory, name)), markers) }));
}

function withMarkers(content: Buffer, markers: Markers): Buffer {
  if (Object.keys(markers).length === 0) return content;
  // latin1 keeps every byte as it is.
  let text = content.toString('latin1');
  for (const [marker, value] of Object.entries(markers))
    text = text.replaceAll(Buffer.from(marker).toString('latin1'), () => Buffer.from(value).toString('latin1'));
  return Buffer.from(text, 'latin1');
}

/**
 * The filter of `aws s3 sync`: exclusions, then inclusions, and the last one that matches decides.
 * @throws Error for patterns with character classes
 */
export function fileFilter(exclude: readonly string[], include: readonly string[]): (name: string) => boolean {
  const rules = [...exclude.map((pattern) => ({ pattern, taken: false })), ...include.map((pattern) => ({ pattern, taken: true }))].map(
    ({ pattern, taken }) => {
      if (/[[\]]/.test(pattern)) throw new Error(`the local cloud does not read the pattern ${pattern}: it knows * and ?`);
      return { matches: wildcard(pattern), taken };
    },
  );
  return (name) => rules.findLast(({ matches }) => matches(name))?.taken ?? true;
}
