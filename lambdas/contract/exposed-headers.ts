/** Headers of answers that a browser's program may read, wherever it comes from. */
export const exposedHeaders = ['RateLimit', 'RateLimit-Policy', 'Retry-After', 'X-Next-Cursor'].join(', ');
