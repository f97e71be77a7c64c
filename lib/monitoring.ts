/** What a person has to look at: metric filters over the logs, and the alarms that tell. Each alarm has a section in docs/runbook.md. */
import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Stats, TreatMissingData, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, MetricFilter, type IFilterPattern, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Config } from './config.js';
import type { Notices } from './notices.js';

export interface MonitoringProps {
  readonly config: Config;
  readonly notices: Notices;
  readonly auditLog: ILogGroup;
  readonly accessLog: ILogGroup;
  readonly nativeKeysLog: ILogGroup;
  /** Anchors the audit chain. */
  readonly anchoring: IFunction;
}

interface Counting {
  readonly log: ILogGroup;
  readonly pattern: IFilterPattern;
  /** A number, or the member that holds it. */
  readonly value: string;
}

interface Watching {
  readonly threshold: number;
  readonly within: Duration;
  /** What it means, what to do. */
  readonly description: string;
  /** Heading of docs/runbook.md. */
  readonly heading: string;
}

const one = '1';

export class Monitoring extends Construct {
  private readonly props: MonitoringProps;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    this.props = props;
    const { auditLog, accessLog, nativeKeysLog, anchoring } = props;
    const refusal = FilterPattern.stringValue('$.event', '=', 'auth_refused');
    this.watch('Refusals', [
      { log: auditLog, pattern: refusal, value: one },
      // Of a flood, some are only counted in the next one that is written.
      { log: auditLog, pattern: FilterPattern.all(refusal, FilterPattern.numberValue('$.suppressed', '>', 0)), value: '$.suppressed' },
    ], {
      threshold: 100,
      within: Duration.minutes(5),
      description: 'More than 100 requests were refused within five minutes: a client with a dead key, or somebody who tries keys.',
      heading: 'A burst of refusals',
    });
    this.watch('ChainBreaks', [{ log: auditLog, pattern: FilterPattern.stringValue('$.event', '=', 'audit_chain_broken'), value: one }], {
      threshold: 1,
      within: Duration.minutes(5),
      description: 'The daily check found a link of the audit chain that is not what it must be: the trail was changed after the fact.',
      heading: 'A broken audit chain',
    });
    this.tell('AnchoringErrors', anchoring.metricErrors({ statistic: Stats.SUM, period: Duration.hours(1) }), {
      threshold: 1,
      description: 'The audit chain was not anchored, or was found broken: until it is anchored, what was appended since can be changed more easily.',
      heading: 'The audit chain was not anchored',
    });
    this.watch('BootstrapKeyUses', [
      { log: auditLog, pattern: FilterPattern.stringValue('$.actor.type', '=', 'bootstrap'), value: one },
      // What it only reads leaves no event.
      { log: accessLog, pattern: FilterPattern.stringValue('$.principal', '=', 'bootstrap'), value: one },
    ], {
      threshold: 1,
      within: Duration.minutes(5),
      description: 'The bootstrap key was used. That is right once, for the first admin key, and on no other day.',
      heading: 'The bootstrap key is in use',
    });
    this.watch('NativeKeysRegionFull', [{ log: nativeKeysLog, pattern: FilterPattern.numberValue('$.native_keys_region_full', '=', 1), value: one }], {
      threshold: 1,
      within: Duration.minutes(15),
      description: 'The region has no room for more native API Gateway keys: new API keys share the usage plan of their tier.',
      heading: 'The region is full of native keys',
    });
  }

  /** Counts log lines into a metric of the name, and tells when there are too many. */
  private watch(name: string, counted: readonly Counting[], watching: Watching): void {
    const metricNamespace = `Faxbot/${this.props.config.stage}`;
    const [metric] = counted.map(({ log, pattern, value }, index) =>
      new MetricFilter(this, `${name}Filter${index === 0 ? '' : index + 1}`, {
        logGroup: log,
        filterPattern: pattern,
        metricNamespace,
        metricName: name,
        metricValue: value,
      }).metric({ statistic: Stats.SUM, period: watching.within }),
    );
    if (metric !== undefined) this.tell(name, metric, watching);
  }

  /** Tells the notices' subscribers when a metric reaches a threshold. */
  private tell(name: string, metric: IMetric, { threshold, description, heading }: Omit<Watching, 'within'>): void {
    new Alarm(this, name, {
      metric,
      threshold,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // No line, no number.
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: `Faxbot ${this.props.config.stage}. ${description} What to do: docs/runbook.md, "${heading}".`,
    }).addAlarmAction(new SnsAction(this.props.notices.topic));
  }
}
