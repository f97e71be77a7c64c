/**
 * Stands in for `@aws-sdk/credential-provider-node` in the bundles: a Lambda function's credentials are always in its
 * environment, and the chain that also looks for SSO, profiles and metadata servers is 95 KB that never run.
 */
import { fromEnv } from '@aws-sdk/credential-provider-env';

export const defaultProvider = fromEnv;
