/**
 * Texts with `$context` variables in them, compiled once: bodies of gateway responses (no VTL on AWS either), access log
 * formats, and mapping templates. Of VTL only literal text and `$context` run here; the rest stops the start.
 */
import { contextVariable, type Variable } from './context-variables.js';
import type { Exchange } from './exchange.js';

export type Renderer = (exchange: Exchange) => string;

const reference =
  /\$(?:context((?:\.[A-Za-z_][\w-]*)+)|stageVariables\.(\w+)|method\.request\.(header|querystring|path)\.([\w.-]+))/g;

/** The body of a gateway response: a missing value is empty. */
export function gatewayResponseTemplate(text: string): Renderer {
  return compile(text, '', (match) => stageVariable(match) ?? requestParameter(match[3], match[4]));
}

/** An access log format: a missing value is a hyphen. */
export function accessLogFormat(text: string): Renderer {
  if (!/\$context\.(?:requestId|extendedRequestId)\b/.test(text))
    throw new Error('an access log format must have $context.requestId or $context.extendedRequestId in it (AWS refuses it too)');
  return compile(text, '-', () => undefined);
}

/** A mapping template (VTL on AWS) that is literal text and `$context`. */
export function mappingTemplate(text: string): Renderer {
  if (/#[A-Za-z#*[{@]|\\[$#]/.test(text)) throw new Error(`the local cloud does not run VTL directives: ${excerpt(text)}`);
  return compile(text, '', stageVariable);
}

/**
 * A parameter of the request by an expression such as `method.request.header.Accept` (header names in any case).
 * Undefined where the expression is none of these.
 */
export function requestParameter(location: string | undefined, name: string | undefined): Variable | undefined {
  if (name === undefined) return undefined;
  if (location === 'header') {
    const lowerCase = name.toLowerCase();
    return ({ request }) => request.headersByLowerCaseName.get(lowerCase);
  }
  if (location === 'querystring') return ({ request }) => own(request.query?.single, name);
  if (location === 'path') return ({ pathParameters }) => own(pathParameters, name);
  return undefined;
}

function compile(text: string, missing: string, other: (match: RegExpMatchArray) => Variable | undefined): Renderer {
  const parts: (string | Variable)[] = [];
  let end = 0;
  for (const match of text.matchAll(reference)) {
    const literal = text.slice(end, match.index);
    refuseReferences(literal, text);
    const variable = match[1] === undefined ? other(match) : contextVariable(match[1].slice(1));
    if (variable === undefined) throw new Error(`the local cloud does not evaluate ${match[0]} here`);
    parts.push(literal, variable);
    end = match.index + match[0].length;
  }
  const rest = text.slice(end);
  refuseReferences(rest, text);
  parts.push(rest);
  return (exchange) => {
    let rendered = '';
    for (const part of parts) rendered += typeof part === 'string' ? part : (part(exchange) ?? missing);
    return rendered;
  };
}

function refuseReferences(literal: string, text: string): void {
  if (/\$!?\{?[A-Za-z]/.test(literal))
    throw new Error(`the local cloud knows no other references than $context.<name> in ${excerpt(text)}`);
}

function stageVariable(match: RegExpMatchArray): Variable | undefined {
  const name = match[2];
  return name === undefined ? undefined : ({ stage }) => own(stage.stageVariables, name);
}

function own(record: Readonly<Record<string, string>> | null | undefined, name: string): string | undefined {
  return record !== null && record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}

function excerpt(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
}
