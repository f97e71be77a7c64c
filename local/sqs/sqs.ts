/** The local SQS: queues of the template, messages in LevelDB, and the event source mappings that feed functions from them. */
import { join } from 'node:path';
import type { FunctionInvoker } from '../cloud/function-invoker.js';
import type { CloudModule, ModuleDependencies } from '../cloud/module.js';
import type { Principal } from '../cloud/service.js';
import { machineClock, type Clock } from './clock.js';
import { EventSourceMappings } from './event-source-mapping.js';
import { MessageStore } from './message-store.js';
import { queueResourceType } from './queue-resource.js';
import { Queues } from './queues.js';
import { sqsService } from './sqs-service.js';
import type { UnreliableDelivery } from './unreliable-delivery.js';

export interface SqsDependencies extends ModuleDependencies {
  readonly functions: FunctionInvoker;
  /** The principal that a function's role is, for what Lambda does to a queue in its name. */
  roleOf(functionArn: string): Principal;
  functionTimeoutSeconds(functionArn: string): number;
  /** The machine's by default. */
  readonly clock?: Clock;
  /** Where faults can be ordered. */
  readonly delivery?: UnreliableDelivery | undefined;
}

const minute = 60_000;

/** SQS for the local cloud, over its state folder. */
export function createSqs(dependencies: SqsDependencies): CloudModule {
  const { identity, authorize, endpointUrl } = dependencies;
  const clock = dependencies.clock ?? machineClock;
  const store = new MessageStore(join(dependencies.stateDirectory, 'messages'));
  const queues = new Queues(store, clock, dependencies.delivery);
  const mappings = new EventSourceMappings(dependencies, queues, clock);
  let retention: NodeJS.Timeout | undefined;
  return {
    services: [sqsService({ identity, authorize, queues, clock })],
    resourceTypes: [queueResourceType(queues, identity, endpointUrl), mappings.resourceType()],
    start: async () => {
      mappings.start();
      retention = setInterval(() => { queues.all().forEach((queue) => { queue.removeExpired(); }); }, minute).unref();
    },
    close: async () => {
      clearInterval(retention);
      mappings.stop();
      for (const queue of queues.all()) queue.close();
      await store.close();
    },
  };
}
