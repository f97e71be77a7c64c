/** The URI by which API Gateway names a function: `arn:aws:apigateway:<region>:lambda:path/2015-03-31/functions/<function ARN>/invocations`. */

/** @throws Error for a URI of anything else */
export function functionOfUri(uri: string): string {
  const functionArn = /^arn:aws:apigateway:[\w-]+:lambda:path\/2015-03-31\/functions\/(arn:aws:lambda:[^/]+)\/invocations$/.exec(
    uri,
  )?.[1];
  if (functionArn === undefined) throw new Error(`${uri} is not the URI of a Lambda function's invocations`);
  return functionArn;
}
