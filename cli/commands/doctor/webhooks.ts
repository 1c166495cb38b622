import { type Diagnosis, fail, type HealthCheck, pass, warn } from './finding.ts';

const NOT_OURS =
  'Compare it with the output WebhookUrl of the stack, and with --stage and --region.';

/**
 * A POST without a signature is answered 401: by then the function has read its settings.
 * @param logs the command line that shows what the function says
 */
export function judgeWebhooks(url: string, unsignedPost: number, logs: string): Diagnosis {
  if (unsignedPost === 401) return pass(`${url}: a delivery without a signature is refused (401)`);
  if (unsignedPost === 429) {
    return warn(
      `${url} answered 429`,
      'It is flooded, or requestsPerSecond is too low: try again.',
    );
  }
  if (unsignedPost === 503) {
    return fail(
      'receive takes nothing in (503): a setting is missing, or Parameter Store or SQS does not answer',
      `Its log names it: ${logs}`,
    );
  }
  const what = `${url} answered ${unsignedPost} to a delivery without a signature`;
  if (unsignedPost >= 200 && unsignedPost < 300) {
    const advice = 'This is not how Earmark answers: see what stands at this address.';
    return fail(`${what}: anybody can post events`, advice);
  }
  return fail(`${what}, and Earmark would say 401`, NOT_OURS);
}

/** The address that senders post to. The POST leaves one line "refused" in the log. */
export function webhookCheck(url: string, kind: 'engine' | 'stage', logs: string): HealthCheck {
  const address = `${url}/webhooks/shopify`;
  return {
    about: 'Webhook address',
    name: address,
    async run(signal) {
      const init = { method: 'POST', body: '{}', redirect: 'manual', signal } as const;
      const response = await fetch(address, init);
      await response.body?.cancel();
      const findings = [judgeWebhooks(address, response.status, logs)];
      if (kind === 'engine' || url.startsWith('https://')) return findings;
      return [...findings, fail(`${url} is not HTTPS`, NOT_OURS)];
    },
  };
}
