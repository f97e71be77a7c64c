/** `import { FaxbotClient } from 'faxbot'`: the same class that `require` gives. */
import FaxbotClient from './index.cjs';

export const { FaxbotError } = FaxbotClient;
export { FaxbotClient, FaxbotClient as default };
