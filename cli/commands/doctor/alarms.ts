import { GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { errorText } from '../../kit/failure.ts';
import { many } from '../../kit/words.ts';
import { type Diagnosis, type HealthCheck, pass, warn } from './diagnosis.ts';

/** @param pending how many subscriptions were asked for by mail, and are not confirmed yet */
function judgeSubscriptions(confirmed: number, pending: number): Diagnosis {
  if (confirmed > 0) return pass(`alarms go to ${many(confirmed, 'subscription')}`);
  return pending > 0
    ? warn(
        'nobody receives alarms: a subscription waits to be confirmed',
        'Look for the mail of AWS Notifications, and follow its link.',
      )
    : warn(
        'nobody receives alarms: their topic has no subscription',
        'Deploy with --param "alarmEmail=you@example.com": docs/deploy.md, step 3.',
      );
}

/** @param topicArn the output AlarmTopicArn of the stack */
export const alarmCheck = (topicArn: string): HealthCheck => ({
  about: 'Alarms',
  name: 'who receives alarms',
  async run(abortSignal) {
    const client = new SNSClient();
    try {
      const command = new GetTopicAttributesCommand({ TopicArn: topicArn });
      const { Attributes = {} } = await client.send(command, { abortSignal });
      const { SubscriptionsConfirmed: confirmed, SubscriptionsPending: pending } = Attributes;
      return [judgeSubscriptions(Number(confirmed), Number(pending))];
    } catch (error) {
      const what = `not known: who receives alarms. ${errorText(error)}`;
      return [warn(what, 'Allow sns:GetTopicAttributes, or see at SNS who is subscribed.')];
    } finally {
      client.destroy();
    }
  },
});
