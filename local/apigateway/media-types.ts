/** The API's binaryMediaTypes: which bodies travel as base64. https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html */

/** Tells whether a Content-Type or Accept value is binary. Of several media types in Accept, AWS looks at the first. */
export function binaryMatcher(binaryMediaTypes: readonly string[]): (headerValue: string | undefined) => boolean {
  const exact = new Set<string>();
  const prefixes: string[] = [];
  let all = false;
  for (const declared of binaryMediaTypes.map((mediaType) => mediaType.toLowerCase())) {
    if (declared === '*/*') all = true;
    else if (declared.endsWith('/*')) prefixes.push(declared.slice(0, -1));
    else exact.add(declared);
  }
  if (all) return () => true;
  return (headerValue) => {
    const mediaType = firstMediaType(headerValue);
    return mediaType !== undefined && (exact.has(mediaType) || prefixes.some((prefix) => mediaType.startsWith(prefix)));
  };
}

/** The first media type of a header, lower case, without parameters. */
export function firstMediaType(headerValue: string | undefined): string | undefined {
  return headerValue?.split(/[,;]/, 1)[0]?.trim().toLowerCase();
}
