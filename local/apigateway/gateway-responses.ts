/** What the gateway answers by itself: the template's GatewayResponses, compiled, with AWS's fallbacks behind them. */
import type { Exchange } from './exchange.js';
import { type Failure, type GatewayResponseType, gatewayResponseStatus } from './gateway-response-types.js';
import { valueExpression } from './parameter-mapping.js';
import { gatewayResponseTemplate, type Renderer } from './text-template.js';
import type { Variable } from './context-variables.js';

export interface Answer {
  readonly status: number;
  /** Name, value, name, value ..., as `writeHead` takes them. */
  readonly headers: readonly string[];
  readonly body: Buffer | string;
}

export interface GatewayResponseDefinition {
  readonly type: GatewayResponseType;
  readonly status: number | undefined;
  /** Header name → expression (a literal in single quotes, `context.x`, `method.request.header.x` ...). */
  readonly headers: Readonly<Record<string, string>>;
  /** Media type → body. Empty: the default body. */
  readonly templates: Readonly<Record<string, string>>;
}

interface CompiledResponse {
  readonly status: number | undefined;
  readonly headers: readonly { readonly name: string; readonly value: Variable }[];
  readonly templates: readonly { readonly mediaType: string; readonly render: Renderer }[];
}

// AWS writes "Message" in this one type only.
const defaultTemplates = [
  { mediaType: 'application/json', render: gatewayResponseTemplate('{"message":$context.error.messageString}') },
];
const accessDeniedTemplates = [
  { mediaType: 'application/json', render: gatewayResponseTemplate('{"Message":$context.error.messageString}') },
];

/**
 * API Gateway does not apply a customized REQUEST_TOO_LARGE (nor DEFAULT_4XX in its place).
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 */
const notCustomizable: GatewayResponseType = 'REQUEST_TOO_LARGE';

export class GatewayResponses {
  readonly #own = new Map<GatewayResponseType, CompiledResponse>();

  /** @throws Error for an expression or a template that can't run here */
  define(definition: GatewayResponseDefinition): void {
    if (this.#own.has(definition.type)) throw new Error(`two gateway responses have the type ${definition.type}`);
    this.#own.set(definition.type, {
      status: definition.status,
      headers: Object.entries(definition.headers).map(([name, expression]) => ({ name, value: valueExpression(expression) })),
      templates: Object.entries(definition.templates).map(([mediaType, text]) => ({
        mediaType,
        render: gatewayResponseTemplate(text),
      })),
    });
  }

  /** Types in the template that AWS accepts and never applies. */
  get withoutEffect(): readonly GatewayResponseType[] {
    return this.#own.has(notCustomizable) ? [notCustomizable] : [];
  }

  /** The answer to a failed request; also notes the error in the exchange, for `$context.error`. */
  answer(failure: Failure, exchange: Exchange): Answer {
    exchange.error = {
      type: failure.type,
      message: failure.message,
      ...(failure.validation === undefined ? {} : { validation: failure.validation }),
    };
    const { response, status } = this.#choose(failure);
    const custom = response?.templates ?? [];
    const templates = custom.length > 0 ? custom : failure.type === 'ACCESS_DENIED' ? accessDeniedTemplates : defaultTemplates;
    const chosen = acceptable(templates, exchange);
    const headers = ['Content-Type', chosen.mediaType, 'x-amzn-ErrorType', failure.errorType];
    for (const { name, value } of response?.headers ?? []) {
      const rendered = value(exchange);
      if (rendered === undefined) continue;
      const standing = headers.findIndex((header, index) => index % 2 === 0 && header.toLowerCase() === name.toLowerCase());
      if (standing === -1) headers.push(name, rendered);
      else headers.splice(standing, 2, name, rendered);
    }
    return { status, headers, body: chosen.render(exchange) };
  }

  #choose(failure: Failure): { readonly response: CompiledResponse | undefined; readonly status: number } {
    if (failure.type === notCustomizable) return { response: undefined, status: failure.status };
    const own = this.#own.get(failure.type);
    if (own !== undefined) return { response: own, status: own.status ?? gatewayResponseStatus[failure.type] ?? failure.status };
    const fallback = this.#own.get(failure.status >= 500 ? 'DEFAULT_5XX' : 'DEFAULT_4XX');
    return { response: fallback, status: fallback?.status ?? failure.status };
  }
}

function acceptable(templates: CompiledResponse['templates'], exchange: Exchange): CompiledResponse['templates'][number] {
  const [first] = templates;
  if (first === undefined) throw new Error('a gateway response has no template');
  if (templates.length === 1) return first;
  const accepted = exchange.request.headersByLowerCaseName.get('accept')?.split(/[,;]/, 1)[0]?.trim().toLowerCase();
  const byMediaType = (mediaType: string | undefined) => templates.find((template) => template.mediaType === mediaType);
  return byMediaType(accepted) ?? byMediaType('application/json') ?? first;
}
