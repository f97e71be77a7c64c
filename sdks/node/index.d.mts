/** The types of `import ... from 'faxbot'`. */
import FaxbotClient from './index.cjs';

export { FaxbotClient, FaxbotClient as default };
export import FaxbotError = FaxbotClient.FaxbotError;
export type ClientOptions = FaxbotClient.ClientOptions;
export type FaxJob = FaxbotClient.FaxJob;
export type SendOptions = FaxbotClient.SendOptions;
