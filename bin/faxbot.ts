#!/usr/bin/env node
/** The CDK app: read the configuration, make the stack, attach the checks. */
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { ConfigError, readConfig } from '../lib/config.js';
import { acknowledgeExceptions } from '../lib/nag-exceptions.js';
import { FaxbotStack } from '../lib/faxbot-stack.js';

function synthesize(): void {
  const app = new App();
  const config = readConfig(app.node.getAllContext());
  const stack = new FaxbotStack(app, `Faxbot-${config.stage}`, { config, description: 'Faxbot on AWS: a fax gateway' });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(), new ServerlessChecks());
  acknowledgeExceptions(stack, config);
  app.synth();
}

try {
  synthesize();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
