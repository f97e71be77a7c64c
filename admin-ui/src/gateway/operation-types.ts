/** The types of requests and answers, as the operations table has them. */
import type * as z from 'zod/mini';
import type { operationSchemas } from '../../../lambdas/contract/operation-schemas.js';
import type { OperationId } from '../../../lambdas/contract/operations.js';

type Schemas = typeof operationSchemas;

type Success<Answers> = Answers extends { readonly 200: infer S } ? S : Answers extends { readonly 202: infer S } ? S : never;

type Read<S> = S extends z.ZodMiniType ? z.output<S> : undefined;
type Written<S> = S extends z.ZodMiniType ? z.input<S> : never;

/** What an operation answers when it succeeds. */
export type AnswerOf<Id extends OperationId> = Read<Success<Schemas[Id]['answers']>>;

/** The JSON that an operation takes. */
export type BodyOf<Id extends OperationId> = Schemas[Id] extends { readonly body: infer S } ? Written<S> : never;

/** The query that an operation takes; what is undefined or empty is left out. */
export type QueryOf<Id extends OperationId> = Schemas[Id] extends { readonly query: infer S }
  ? Readonly<Partial<Record<keyof Read<S>, string | number | undefined>>>
  : never;

export type ApiKey = AnswerOf<'getApiKey'>;
export type FaxJobSummary = AnswerOf<'listFaxJobs'>['jobs'][number];
export type FaxJob = AnswerOf<'getFaxJob'>;
export type Fax = AnswerOf<'sendFax'>;
export type AuthEvent = AnswerOf<'listAuthEvents'>['items'][number];
export type AuditEvent = AnswerOf<'readAuditLog'>['items'][number];
export type Settings = AnswerOf<'getSettings'>;
export type SettingsVersion = AnswerOf<'listSettingsVersions'>['versions'][number];
export type Readiness = AnswerOf<'getReadiness'>;
export type ProviderSettings = AnswerOf<'getProviders'>;
