/** placeholder */
import type { BundlingOptions } from 'aws-cdk-lib/aws-lambda-nodejs';
export const documentEngineBundling: BundlingOptions = {};
