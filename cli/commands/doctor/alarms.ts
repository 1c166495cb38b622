import { GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { errorText } from '../../kit/failure.ts';
import { many } from '../../kit/words.ts';
import { type Diagnosis, type HealthCheck, pass, warn } from './finding.ts';

/** How many subscriptions the topic of the alarms has. `pending`: asked by mail, and not confirmed yet. */
interface Subscriptions {
  readonly confirmed: number;
  readonly pending: number;
}

function judgeSubscriptions({ confirmed, pending }: Subscriptions): Diagnosis {
  if (confirmed > 0) return pass(`alarms are told to ${many(confirmed, 'subscription')}`);
  if (pending > 0) {
    const advice = 'Look for the mail of AWS Notifications, and follow its link.';
    return warn('nobody is told of alarms: a subscription waits to be confirmed', advice);
  }
  const advice = 'Deploy with --param "alarmEmail=you@example.com": docs/deploy.md, step 3.';
  return warn('nobody is told of alarms: their topic has no subscription', advice);
}

/** @param topicArn the output AlarmTopicArn of the stack */
export function alarmCheck(topicArn: string): HealthCheck {
  return {
    about: 'Alarms',
    name: 'who is told of alarms',
    async run(abortSignal) {
      const client = new SNSClient();
      try {
        const command = new GetTopicAttributesCommand({ TopicArn: topicArn });
        const { Attributes = {} } = await client.send(command, { abortSignal });
        const { SubscriptionsConfirmed: confirmed, SubscriptionsPending: pending } = Attributes;
        return [judgeSubscriptions({ confirmed: Number(confirmed), pending: Number(pending) })];
      } catch (error) {
        const what = `not known: who is told of alarms. ${errorText(error)}`;
        return [warn(what, 'Allow sns:GetTopicAttributes, or see at SNS who is subscribed.')];
      } finally {
        client.destroy();
      }
    },
  };
}
