/** STS: GetCallerIdentity, the one operation by which clients ask who they are. It needs no permission. */
import type { StackIdentity } from '../cloud/resource.js';
import { AwsError, type AwsService, type Principal, type SignedRequest } from '../cloud/service.js';

/** @param sessionArn how AWS names a role's session */
export function createSts(
  identity: StackIdentity,
  sessionArn: (principal: Extract<Principal, { kind: 'role' }>) => string,
): AwsService {
  return {
    signingName: 'sts',
    handle: async (request: SignedRequest, response) => {
      const parameters = new URLSearchParams(request.body.toString('utf8') || request.query.toString());
      const action = parameters.get('Action') ?? '';
      if (action !== 'GetCallerIdentity')
        throw new AwsError('InvalidAction', `The local cloud does not support sts:${action}.`, 400);
      const { principal } = request;
      const arn = principal.kind === 'role' ? sessionArn(principal) : `arn:aws:iam::${identity.accountId}:user/local`;
      const userId = principal.kind === 'role' ? `AROALOCAL:${principal.functionName}` : 'AIDALOCAL';
      response.writeHead(200, { 'content-type': 'text/xml' });
      response.end(
        `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>` +
          `<Arn>${arn}</Arn><UserId>${userId}</UserId><Account>${identity.accountId}</Account>` +
          `</GetCallerIdentityResult><ResponseMetadata><RequestId>${request.requestId}</RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
      );
    },
  };
}
