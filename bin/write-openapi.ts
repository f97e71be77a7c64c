/** `npm run openapi`: writes openapi.json from the operations table. The file is checked in; a test compares it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApiDocument } from '../lambdas/contract/openapi.js';

writeFileSync(join(__dirname, '..', 'openapi.json'), `${JSON.stringify(openApiDocument(), null, 2)}\n`);
