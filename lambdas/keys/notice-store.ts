/** Publishes notices to the topic that people subscribe to. */
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Notice } from './key-reminders.js';

export function noticePublisher(topicArn: string, client = new SNSClient({})): (notice: Notice) => Promise<void> {
  return async ({ subject, text }) => {
    await client.send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: text }));
  };
}
