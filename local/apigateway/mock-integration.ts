/** A MOCK integration: the request template gives a status code, which selects a response of the template. */
import type { Variable } from './context-variables.js';
import type { Exchange } from './exchange.js';
import type { Answer } from './gateway-responses.js';
import { failures, GatewayFailure } from './gateway-response-types.js';
import type { Integration } from './integration.js';
import { firstMediaType } from './media-types.js';
import type { Renderer } from './text-template.js';

export interface MockResponse {
  readonly status: number;
  /** Matched against the whole status code of the request template; undefined: the default response. */
  readonly pattern: RegExp | undefined;
  readonly headers: readonly { readonly name: string; readonly value: Variable }[];
  readonly templates: ReadonlyMap<string, Renderer>;
}

export interface MockDefinition {
  /** Media type of the request → the status code that its template gives. */
  readonly requestStatus: ReadonlyMap<string, number>;
  /** Whether a body of a binary media type is decoded before a template is applied. */
  readonly convertsToText: boolean;
  readonly passthrough: 'WHEN_NO_MATCH' | 'WHEN_NO_TEMPLATES' | 'NEVER';
  readonly responses: readonly MockResponse[];
}

export class MockIntegration implements Integration {
  constructor(
    private readonly definition: MockDefinition,
    private readonly isBinary: (contentType: string | undefined) => boolean,
  ) {}

  answer(exchange: Exchange, body: Buffer): Promise<Answer> {
    exchange.integration = { latency: 0, status: 200 };
    const status = this.#status(exchange, body);
    const response =
      this.definition.responses.find(({ pattern }) => pattern?.test(String(status))) ??
      this.definition.responses.find(({ pattern }) => pattern === undefined);
    if (response === undefined) throw new GatewayFailure(failures.apiConfiguration);
    const { mediaType, render } = chooseTemplate(response.templates, exchange);
    const headers = response.headers.flatMap(({ name, value }) => {
      const rendered = value(exchange);
      return rendered === undefined ? [] : [name, rendered];
    });
    if (!response.headers.some(({ name }) => name.toLowerCase() === 'content-type')) headers.push('Content-Type', mediaType);
    return Promise.resolve({ status: response.status, headers, body: render(exchange) });
  }

  /** https://docs.aws.amazon.com/apigateway/latest/developerguide/integration-passthrough-behaviors.html */
  #status(exchange: Exchange, body: Buffer): number {
    const mediaType = firstMediaType(exchange.request.headersByLowerCaseName.get('content-type')) ?? 'application/json';
    const { requestStatus, passthrough, convertsToText } = this.definition;
    const fromTemplate = requestStatus.get(mediaType);
    // AWS applies no template to a binary body: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html
    if (fromTemplate !== undefined && this.isBinary(mediaType) && !convertsToText) throw new GatewayFailure(failures.internal);
    if (fromTemplate !== undefined) return fromTemplate;
    if (passthrough === 'NEVER' || (passthrough === 'WHEN_NO_TEMPLATES' && requestStatus.size > 0))
      throw new GatewayFailure(failures.unsupportedMediaType);
    // The client's own body is taken for the result of the template; without a statusCode in it AWS answers 500.
    const passed = mockStatus(body.toString());
    if (passed === undefined) throw new GatewayFailure(failures.internal);
    return passed;
  }
}

/** The statusCode in a MOCK request template; AWS takes names without quotes. Undefined: there is none. */
export function mockStatus(text: string): number | undefined {
  const lenient = /^\s*\{\s*(?:statusCode|'statusCode')\s*:\s*(\d{3})\s*\}\s*$/.exec(text)?.[1];
  if (lenient !== undefined) return Number(lenient);
  try {
    const parsed: unknown = JSON.parse(text);
    const status = typeof parsed === 'object' && parsed !== null && 'statusCode' in parsed ? parsed.statusCode : undefined;
    return typeof status === 'number' && Number.isInteger(status) ? status : undefined;
  } catch {
    return undefined;
  }
}

function chooseTemplate(
  templates: ReadonlyMap<string, Renderer>,
  exchange: Exchange,
): { readonly mediaType: string; readonly render: Renderer } {
  const accepted = firstMediaType(exchange.request.headersByLowerCaseName.get('accept'));
  for (const mediaType of [accepted ?? '', 'application/json', ...templates.keys()]) {
    const render = templates.get(mediaType);
    if (render !== undefined) return { mediaType, render };
  }
  return { mediaType: 'application/json', render: () => '' };
}
