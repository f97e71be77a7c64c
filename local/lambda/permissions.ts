/** Resource policies of functions: which services may invoke them, for which of their resources (AWS::Lambda::Permission). */
import { arnLike } from '../iam/pattern.js';

export interface InvokePermission {
  /** A service, e.g. apigateway.amazonaws.com. */
  readonly principal: string;
  readonly sourceArn: string | undefined;
  readonly sourceAccount: string | undefined;
}

/** Whether one of the permissions covers the service's call for `sourceArn`. */
export function permits(
  permissions: readonly InvokePermission[],
  call: { readonly principal: string; readonly sourceArn: string; readonly sourceAccount: string },
): boolean {
  return permissions.some(
    (permission) =>
      permission.principal === call.principal &&
      (permission.sourceAccount === undefined || permission.sourceAccount === call.sourceAccount) &&
      (permission.sourceArn === undefined || arnLike(permission.sourceArn)(call.sourceArn)),
  );
}
