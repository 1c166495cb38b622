import { type Check, type Finding, fail, pass, warn } from './finding.ts';

/** What the address answered: to a GET, and to a POST that nobody signed. */
export interface WebhookAnswers {
  readonly get: number;
  readonly unsignedPost: number;
}

const NOT_OURS =
  'Compare it with the output WebhookUrl of the stack, and with --stage and --region.';

/**
 * A GET is answered 405, and a POST without a signature 401: by then the function has read its settings.
 * @param logs the command line that shows what the function says
 */
export function judgeWebhooks(
  url: string,
  answers: WebhookAnswers,
  logs: string,
): readonly Finding[] {
  const { get, unsignedPost } = answers;
  const route =
    get === 405
      ? pass(`${url} answers`)
      : get === 429
        ? warn(`${url} answered a GET with 429`, 'It is flooded, or requestsPerSecond is too low.')
        : fail(`${url} answered a GET with ${get}, and Earmark would say 405`, NOT_OURS);
  return [route, judgePost(unsignedPost, logs)];
}

function judgePost(status: number, logs: string): Finding {
  if (status === 401) return pass('a delivery without a signature is refused (401)');
  if (status === 429) return warn('a POST was answered 429', 'It is flooded: try again.');
  if (status === 503) {
    return fail(
      'receive takes nothing in (503): a setting is missing, or Parameter Store or SQS does not answer',
      `Its log names it: ${logs}`,
    );
  }
  if (status >= 200 && status < 300) {
    return fail(
      `a delivery without a signature was answered ${status}: anybody can post events`,
      'This is not how Earmark answers: see what stands at this address.',
    );
  }
  return fail(
    `a delivery without a signature was answered ${status}, and Earmark would say 401`,
    NOT_OURS,
  );
}

/** The address that senders post to. The POST leaves one line "refused" in the log. */
export function webhookCheck(url: string, kind: 'engine' | 'stage', logs: string): Check {
  const address = `${url}/webhooks/shopify`;
  const ask = async (init: RequestInit): Promise<number> => {
    const response = await fetch(address, { redirect: 'manual', ...init });
    await response.body?.cancel();
    return response.status;
  };
  return {
    about: 'Webhook address',
    name: address,
    async run(signal) {
      const get = await ask({ signal });
      const unsignedPost = await ask({ method: 'POST', body: '{}', signal });
      const findings = judgeWebhooks(`${url}/webhooks/…`, { get, unsignedPost }, logs);
      if (kind === 'engine' || url.startsWith('https://')) return findings;
      return [...findings, fail(`${url} is not HTTPS`, NOT_OURS)];
    },
  };
}
