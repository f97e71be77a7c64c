/** Where an S3 object is: at its bucket's own host on AWS, below the bucket's name on one machine. */

/** The address of an object, or of the bucket itself where the key is empty. */
export function objectAddress(bucket: string, key: string): URL {
  const local = process.env['AWS_ENDPOINT_URL'];
  const base = local === undefined ? `https://${bucket}.s3.${process.env['AWS_REGION'] ?? ''}.amazonaws.com` : `${local}/${bucket}`;
  return new URL(`${base}/${key.split('/').map(encodeURIComponent).join('/')}`);
}
