import { type Diagnosis, fail, type HealthCheck, pass, warn } from './diagnosis.ts';

const WARN_MS = 30_000;
/** How far a signature's time may be off, for Stripe, Standard Webhooks (lib/sources) and AWS alike. */
const FAIL_MS = 5 * 60_000;

/** A request's times, epoch milliseconds, and the `Date` header of its answer. */
interface ClockReading {
  readonly sentAt: number;
  readonly heardAt: number;
  readonly date: string | null;
}

/** How far this clock is ahead, in milliseconds; behind is negative. Undefined without a date. */
export function aheadMs({ sentAt, heardAt, date }: ClockReading): number | undefined {
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return undefined;
  // The header has whole seconds, cut: half a second is its middle.
  return (sentAt + heardAt) / 2 - (theirs + 500);
}

/** @param who whose clock this one was compared with */
export function judgeClock(who: string, reading: ClockReading): Diagnosis {
  const ahead = aheadMs(reading);
  if (ahead === undefined) {
    return warn(`${who} gave no time to compare this clock with`, 'Check this clock by hand.');
  }
  const off = Math.abs(ahead);
  if (off <= WARN_MS) return pass(`this clock and that of ${who} agree`);
  const seconds = Math.round(off / 1000);
  const what = `this clock is ${seconds} s ${ahead > 0 ? 'ahead of' : 'behind'} that of ${who}`;
  const advice =
    'Set it by NTP. More than 5 minutes off, signatures made or checked here are refused, and AWS refuses your requests.';
  return off > FAIL_MS ? fail(what, advice) : warn(what, advice);
}

/**
 * @param url any address whose answers carry the time; what it answers does not matter
 * @param now of this machine, also where the engine's time was moved
 */
export function clockCheck(
  who: string,
  url: () => Promise<string>,
  now: () => number = Date.now,
): HealthCheck {
  return {
    about: 'Clock',
    name: `the clock of ${who}`,
    async run(signal) {
      const sentAt = now();
      const response = await fetch(await url(), { redirect: 'manual', signal });
      await response.body?.cancel();
      return [judgeClock(who, { sentAt, heardAt: now(), date: response.headers.get('date') })];
    },
  };
}

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
