/** The XML of S3: a strict reader for its few request documents, and a writer for its answers. No DTD, no entities of a document's own. */
import { AwsError } from '../cloud/service.js';

export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** The text between the tags, entities resolved; empty where there are children. */
  readonly text: string;
}

/** `<name>...</name>` around children that are already XML. */
export function element(name: string, ...children: readonly string[]): string {
  return `<${name}>${children.join('')}</${name}>`;
}

/** `<name>text</name>` with the text escaped. */
export function textElement(name: string, text: string | number | boolean): string {
  return `<${name}>${escapeXml(String(text))}</${name}>`;
}

/** A whole document whose root carries S3's namespace. */
export function s3Document(name: string, ...children: readonly string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${children.join('')}</${name}>`;
}

export function escapeXml(text: string): string {
  // A carriage return would be read as a line feed, so it goes as a reference, as S3 sends it.
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;');
}

const token = /<\?xml[^>]*\?>|<\/([\w:.-]+)\s*>|<([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|([^<]+)/y;

/**
 * Reads a document into its root element; attributes (namespaces) are dropped.
 * @throws AwsError MalformedXML
 */
export function parseXml(source: string): XmlElement {
  const document: OpenElement = { name: '', children: [], text: '' };
  const open: OpenElement[] = [document];
  token.lastIndex = 0;
  while (token.lastIndex < source.length) {
    const match = token.exec(source);
    const parent = open.at(-1);
    if (match === null || parent === undefined) throw malformedXml();
    const [, closing, opening, , selfClosing, text] = match;
    if (text !== undefined) parent.text += unescapeXml(text);
    else if (closing !== undefined) {
      const closed = open.pop();
      if (closed?.name !== closing || open.length === 0) throw malformedXml();
    } else if (opening !== undefined) {
      const child: OpenElement = { name: opening, children: [], text: '' };
      parent.children.push(child);
      if (selfClosing !== '/') open.push(child);
    }
  }
  const [root, ...others] = document.children;
  if (open.length !== 1 || root === undefined || others.length > 0 || document.text.trim() !== '') throw malformedXml();
  return tidy(root);
}

interface OpenElement {
  readonly name: string;
  readonly children: OpenElement[];
  text: string;
}

function tidy(found: OpenElement): XmlElement {
  if (found.children.length > 0 && found.text.trim() !== '') throw malformedXml();
  return { name: found.name, children: found.children.map(tidy), text: found.children.length > 0 ? '' : found.text };
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replace(/&([^;&]*);?/g, (whole, name: string) => {
    const named = entities[name];
    if (named !== undefined && whole.endsWith(';')) return named;
    const numeric = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(name);
    const point = numeric ? Number.parseInt(numeric[1] ?? numeric[2] ?? '', numeric[1] === undefined ? 10 : 16) : NaN;
    if (!whole.endsWith(';') || !(point <= 0x10ffff)) throw malformedXml();
    return String.fromCodePoint(point);
  });
}

/**
 * The children of an element by name; each name at most once and only names that are known.
 * @throws AwsError MalformedXML, NotImplemented for an element that is not known here
 */
export function fields<Name extends string>(parent: XmlElement, ...names: readonly Name[]): Partial<Record<Name, XmlElement>> {
  const found: Partial<Record<Name, XmlElement>> = {};
  for (const child of parent.children) {
    const name = names.find((known) => known === child.name);
    if (name === undefined)
      throw new AwsError('NotImplemented', `The local S3 does not support the element ${child.name} in ${parent.name}.`, 501);
    if (found[name] !== undefined) throw malformedXml();
    found[name] = child;
  }
  return found;
}

export function malformedXml(): AwsError {
  return new AwsError(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
    400,
  );
}
