/** Publishes outcomes to the topic that other programs of the team subscribe to. */
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { bodyOf, type Outcome } from './outcome.js';

/** The attributes are there for subscription filters: by owner, by state. */
export function outcomePublisher(topicArn: string, client = new SNSClient({})): (outcome: Outcome) => Promise<void> {
  return async (outcome) => {
    await client.send(
      new PublishCommand({
        TopicArn: topicArn,
        Message: bodyOf(outcome),
        MessageAttributes: {
          state: { DataType: 'String', StringValue: outcome.state },
          owner: { DataType: 'String', StringValue: outcome.owner },
        },
      }),
    );
  };
}
