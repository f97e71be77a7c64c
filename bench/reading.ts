/** `GET /fax/{id}`: the bundle that reads faxes, and the AWS calls that a status costs. */
import type { FunctionEnvironment } from '../lambdas/contract/environment.js';
import { benchKey, queuedJobItem } from './fixtures.js';
import { startFunction } from './function-process.js';
import { proxyEvent } from './gateway-events.js';
import { atMost, type Bench } from './measurement.js';
import { standInForAws, summary } from './stand-in-for-aws.js';
import { median, quantile } from './statistics.js';

const environment: FunctionEnvironment<'fax-read'> = {
  FAXES_TABLE: 'faxes',
  LIMITS_TABLE: 'limits',
  AUTH_EVENTS_TABLE: 'auth-events',
  AUTH_EVENT_RETENTION_DAYS: '30',
  SETTINGS_TABLE: 'settings',
  DOCUMENTS_BUCKET: 'documents',
  DOCUMENT_TOKEN_SECRET: 'document-token',
  DOCUMENT_TOKEN_MINUTES: '60',
  AUDIT_TABLE: 'audit',
  AUDIT_LOG_GROUP: 'audit',
  JOB_RETENTION_DAYS: '365',
  OUTCOME_SIGNING_SECRET: 'outcome-signing',
};
const warmCalls = 1_000;

export const readingBench: Bench = {
  name: 'reading',
  about: `${warmCalls} status requests to a warm function`,
  async measure() {
    const aws = await standInForAws();
    try {
      const { id, item } = queuedJobItem(Date.now(), 1_000);
      aws.putItem(environment.FAXES_TABLE, 'id', item);
      aws.putSecret(environment.DOCUMENT_TOKEN_SECRET, 's'.repeat(64));
      const reader = await startFunction('fax-read', environment, aws.url);
      const event = proxyEvent({ operation: 'getFax', id }, benchKey(Date.now()).context);
      await reader.invoke([event], 200);
      aws.takeCalls();
      const { calls, outcome } = await reader.invoke([event], warmCalls);
      const { total, names } = summary(aws.takeCalls());
      await reader.close();
      if (outcome.answer?.includes('"statusCode":200') !== true) throw new Error(`The status was not read: ${JSON.stringify(outcome)}`);
      const times = calls.map(({ milliseconds }) => milliseconds);
      return [
        { what: 'GET /fax/{id}: AWS calls in the handler', value: total / warmCalls, unit: '', target: atMost(2), remark: `${names} in ${warmCalls} calls; the authorizer's one comes on top` },
        { what: 'GET /fax/{id}: p50', value: median(times), unit: 'ms' },
        { what: 'GET /fax/{id}: CPU a call', value: median(calls.map(({ processorMilliseconds }) => processorMilliseconds)), unit: 'ms' },
        { what: 'GET /fax/{id}: p99', value: quantile(times, 0.99), unit: 'ms' },
        { what: 'fax-read, cold: module init', value: reader.init.milliseconds, unit: 'ms', remark: `one start; ${reader.init.processorMilliseconds.toFixed(0)} ms CPU` },
      ];
    } finally {
      await aws.close();
    }
  },
};
