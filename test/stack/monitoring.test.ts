/** Alarms: each tells the notices' topic, and says where a person reads what to do. */
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { readConfig } from '../../lib/config.js';
import { FaxbotStack } from '../../lib/faxbot-stack.js';

const runbook = readFileSync(join(__dirname, '..', '..', 'docs', 'runbook.md'), 'utf8');

function synthesize(context: Record<string, unknown> = {}): Template {
  return Template.fromStack(new FaxbotStack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Faxbot-test', { config: readConfig(context) }));
}

const alarm = z.looseObject({ AlarmDescription: z.string(), AlarmActions: z.array(z.object({ Ref: z.string() })), Namespace: z.string(), MetricName: z.string() });
const filter = z.looseObject({ MetricTransformations: z.tuple([z.object({ MetricNamespace: z.string(), MetricName: z.string(), MetricValue: z.string() })]) });

const template = synthesize();
const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => alarm.parse(Properties));
const filters = Object.values(template.findResources('AWS::Logs::MetricFilter')).map(({ Properties }) => filter.parse(Properties).MetricTransformations[0]);

it('there is one for refusals, for a broken chain and for the bootstrap key', () => {
  expect(alarms.map(({ MetricName }) => MetricName)).toEqual(expect.arrayContaining(['Refusals', 'ChainBreaks', 'BootstrapKeyUses']));
});

it.each(alarms.map((one) => [one.MetricName, one] as const))('the one for %s leads to the topic and to a section of the runbook', (_, { AlarmDescription: text, AlarmActions: actions }) => {
  expect(actions).toEqual([{ Ref: expect.stringMatching(/^NoticesTopic/) }]);
  const heading = /docs\/runbook\.md, "(.+)"/.exec(text)?.[1] ?? 'none';
  expect(runbook).toContain(`\n## ${heading}\n`);
});

it('each metric of ours is fed by a filter, and each filter feeds an alarm', () => {
  const ours = alarms.filter(({ Namespace }) => !Namespace.startsWith('AWS/')).map(({ Namespace, MetricName }) => `${Namespace} ${MetricName}`);
  expect([...new Set(filters.map(({ MetricNamespace, MetricName }) => `${MetricNamespace} ${MetricName}`))].sort()).toEqual(ours.sort());
});

it('counts of a flood those refusals too that were not written one by one', () => {
  expect(filters.filter(({ MetricName }) => MetricName === 'Refusals').map(({ MetricValue }) => MetricValue).sort()).toEqual(['$.suppressed', '1']);
});

describe('the topic', () => {
  it('is encrypted with a key that alarms of this account may use, and nobody else outside', () => {
    const [key] = Object.keys(template.findResources('AWS::KMS::Key')).filter((id) => id.startsWith('NoticesKey'));
    template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: { 'Fn::GetAtt': [key, 'Arn'] } });
    const services = (text: string) => [...text.matchAll(/"Service":"([^"]+)"/g)].map(([, service]) => service);
    for (const type of ['AWS::SNS::TopicPolicy', 'AWS::KMS::Key']) {
      const policies = Object.entries(template.findResources(type)).filter(([id]) => id.startsWith('Notices'));
      expect(policies.flatMap(([, { Properties }]) => services(JSON.stringify(Properties)))).toEqual(['cloudwatch.amazonaws.com']);
      expect(JSON.stringify(policies)).toContain('aws:SourceAccount');
    }
  });

  it('has a subscriber where a team names one', () => {
    template.resourceCountIs('AWS::SNS::Subscription', 0);
    synthesize({ noticesEmail: 'on-duty@example.org' }).hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'on-duty@example.org' });
    expect(() => readConfig({ noticesEmail: 'nobody' })).toThrow('noticesEmail is wrong: write an e-mail address, or none');
  });
});
