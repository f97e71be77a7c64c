/**
 * The deployed address of the API, `<api id>.execute-api.<region>.amazonaws.com/<stage>/...`, as functions of the stack
 * call it: over the AWS endpoint, with that name in the Host header.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError, type HostService } from '../cloud/service.js';
import type { DataPlane } from './data-plane.js';
import { targetOf } from './parse-request.js';
import { withoutStage } from './routing.js';

const hostName = /^([^.]+)\.execute-api\.([^.]+)\.amazonaws\.com(?::\d+)?$/i;

export interface DeployedApi {
  readonly apiId: string;
  readonly stage: string;
  readonly dataPlane: DataPlane;
}

/**
 * Answers for every such name; one that is not this API's is refused as AWS refuses it.
 * @param api undefined until the gateway has started; null where the template has no stage
 */
export function executeApiHost(region: string, api: () => DeployedApi | null | undefined): HostService {
  return {
    answersFor: (host) => hostName.test(host),
    async handle(request, response) {
      const deployed = api();
      if (deployed === undefined) throw new AwsError('ServiceUnavailable', 'The local cloud is still starting.', 503);
      const [, apiId = '', inRegion] = hostName.exec(request.headers.host ?? '') ?? [];
      const [path] = targetOf(request.url ?? '/');
      if (
        apiId.toLowerCase() !== deployed?.apiId ||
        inRegion?.toLowerCase() !== region ||
        withoutStage(path, deployed.stage) === undefined
      )
        return forbid(request, response);
      await deployed.dataPlane.serve(request, response, 'execute-api');
    },
  };
}

/** AWS says the same of an API that does not exist and of a stage that does not. */
function forbid(request: IncomingMessage, response: ServerResponse): void {
  const body = '{"message":"Forbidden"}';
  response.writeHead(403, {
    'Content-Type': 'application/json',
    'Content-Length': body.length,
    'x-amzn-ErrorType': 'ForbiddenException',
  });
  response.end(body);
  request.resume();
}
