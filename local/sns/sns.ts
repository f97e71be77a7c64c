/** SNS for the local cloud: the template's topics. What is published stays in the state folder and is told on the screen. */
import type { CloudModule, ModuleDependencies } from '../cloud/module.js';
import { MessageFile } from './message-file.js';
import { snsService } from './sns-service.js';
import { topicResourceTypes } from './topic-resources.js';
import { Topics } from './topic.js';

export interface SnsDependencies extends ModuleDependencies {
  /** Tells the person at the machine, by topic. */
  readonly tell: (source: string, line: string) => void;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
}

export function createSns(dependencies: SnsDependencies): CloudModule {
  const { identity, authorize, tell, stateDirectory, clock = Date.now } = dependencies;
  const topics = new Topics(identity);
  return {
    services: [snsService({ identity, topics, messages: new MessageFile(stateDirectory), authorize, tell, clock })],
    resourceTypes: topicResourceTypes(topics, identity),
    close: async () => undefined,
  };
}
