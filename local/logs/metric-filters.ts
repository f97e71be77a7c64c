/**
 * Metric filters: a wrong pattern stops the deployment, and TestMetricFilter says which lines a pattern finds. Nothing is
 * counted, as there are no metrics on one machine.
 */
import * as z from 'zod';
import { resourceType, type ResourceType } from '../cloud/resource.js';
import type { Authorize } from '../cloud/service.js';
import { checkedOperation, type JsonOperation } from '../kms/aws-json.js';
import { parseFilterPattern } from './filter-pattern.js';
import type { LogStore } from './log-store.js';
import { existingGroup, logGroupName } from './operations.js';

const filterName = z.string().regex(/^[^:*]{1,512}$/, 'a filter name has no : or *, at most 512 characters');
const filterPattern = z.string().max(1024);

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_MetricTransformation.html */
const metricTransformation = z
  .strictObject({
    MetricName: z.string().regex(/^[^:*$]{1,255}$/, 'a metric name has no : * or $, at most 255 characters'),
    MetricNamespace: z.string().regex(/^(?!AWS\/)[0-9A-Za-z.\-_/#]{1,255}$/, 'a namespace of your own has letters, digits and . - _ / #'),
    MetricValue: z.string().regex(/^(\$.+|-?\d+(\.\d+)?)$/, 'a metric value is a number or a property such as $.pages'),
    DefaultValue: z.number().optional(),
    Dimensions: z.array(z.strictObject({ Key: z.string(), Value: z.string() })).max(3).optional(),
    Unit: z.string().optional(),
  })
  .refine(
    ({ DefaultValue: value, Dimensions: dimensions }) => value === undefined || dimensions === undefined,
    'DefaultValue and Dimensions exclude each other',
  );
const metricFilterProperties = z.strictObject({
  FilterName: filterName.optional(),
  FilterPattern: filterPattern,
  LogGroupName: logGroupName,
  MetricTransformations: z.array(metricTransformation).length(1),
});

const filtersOfGroup = 100;

interface MetricFilter {
  readonly name: string;
  readonly group: string;
  readonly pattern: string;
  readonly transformation: z.infer<typeof metricTransformation>;
}

export class MetricFilters {
  readonly #filters: MetricFilter[] = [];

  constructor(private readonly store: () => Promise<LogStore>) {}

  get resourceType(): ResourceType {
    return resourceType({
      type: 'AWS::Logs::MetricFilter',
      properties: metricFilterProperties,
      inert: {},
      create: async ({ generatedName, properties }) => {
        const { FilterName: name = generatedName, FilterPattern: pattern, LogGroupName: group } = properties;
        existingGroup(await this.store(), group);
        parseFilterPattern(pattern);
        const [transformation] = properties.MetricTransformations;
        if (transformation !== undefined) this.#filters.push({ name, group, pattern, transformation });
        if (this.#filters.filter((filter) => filter.group === group).length > filtersOfGroup)
          throw new Error(`the log group ${group} has more than ${filtersOfGroup} metric filters`);
        return { ref: name, attributes: {} };
      },
    });
  }

  /** @param groupArn the ARN of a log group without a tail */
  operations(authorize: Authorize, groupArn: (name: string) => string): Readonly<Record<string, JsonOperation>> {
    return {
      DescribeMetricFilters: checkedOperation(
        'logs DescribeMetricFilters',
        'InvalidParameterException',
        z.strictObject({ logGroupName: logGroupName.optional(), filterNamePrefix: filterName.optional() }),
        ({ logGroupName: group, filterNamePrefix: prefix = '' }, principal) => {
          authorize(principal, 'logs:DescribeMetricFilters', `${groupArn(group ?? '')}:log-stream:`);
          const found = this.#filters.filter((filter) => filter.name.startsWith(prefix) && (group === undefined || filter.group === group));
          return { metricFilters: found.map(describe) };
        },
      ),
      // The values that a pattern extracts are left out: the answer says which lines it finds.
      TestMetricFilter: checkedOperation(
        'logs TestMetricFilter',
        'InvalidParameterException',
        z.strictObject({ filterPattern, logEventMessages: z.array(z.string().min(1)).min(1).max(50) }),
        (input, principal) => {
          authorize(principal, 'logs:TestMetricFilter', '*');
          const matches = parseFilterPattern(input.filterPattern);
          return {
            matches: input.logEventMessages.flatMap((eventMessage, index) =>
              matches(eventMessage) ? [{ eventNumber: index + 1, eventMessage }] : [],
            ),
          };
        },
      ),
    };
  }
}

function describe({ name, group, pattern, transformation }: MetricFilter): object {
  const { MetricName, MetricNamespace, MetricValue, DefaultValue, Dimensions, Unit } = transformation;
  return {
    filterName: name,
    filterPattern: pattern,
    logGroupName: group,
    metricTransformations: [
      {
        metricName: MetricName,
        metricNamespace: MetricNamespace,
        metricValue: MetricValue,
        defaultValue: DefaultValue,
        unit: Unit,
        dimensions: Dimensions === undefined ? undefined : Object.fromEntries(Dimensions.map(({ Key, Value }) => [Key, Value])),
      },
    ],
  };
}
