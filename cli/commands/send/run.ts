import type { EventType, SourceName } from '../../../lib/events/event.ts';
import { asVerified } from '../../../lib/sources/as-verified.ts';
import { sources } from '../../../lib/sources/index.ts';
import { draftSample } from '../../../samples/samples.ts';
import { type CommandContext, endWith } from '../../kit/command.ts';
import { CliFailure, EXIT } from '../../kit/failure.ts';
import type { Target } from '../../kit/target.ts';
import type { Story } from '../explain/story.ts';
import { ensureContact } from './contact.ts';
import { post } from './post.ts';
import { writeDryRun, writeSent } from './report.ts';
import { secretFor } from './secret.ts';
import {
  buyerOf,
  named,
  type PreparedSample,
  readPair,
  type SamplePlan,
  type SendOptions,
} from './send-plan.ts';
import { setPaths } from './set.ts';
import { waitForOutcome } from './wait.ts';

/** Sends one signed sample, and tells what became of it. */
export async function run(
  sourceName: string,
  event: string,
  options: SendOptions,
  context: CommandContext,
): Promise<void> {
  const { source, type } = readPair(sourceName, event);
  if (options.to !== undefined && options.stage !== undefined) {
    throw new CliFailure('Send it to a stage or --to a URL, not both.', EXIT.usage);
  }
  const target = options.to === undefined ? await context.openTarget(options) : undefined;
  try {
    const prepared = await prepare(source, type, target, options, context);
    if (options.dryRun) writeDryRun(context, prepared, options);
    else await send(prepared, options, context);
  } finally {
    target?.close();
  }
}

async function send(
  prepared: PreparedSample,
  options: SendOptions,
  context: CommandContext,
): Promise<void> {
  const startedAt = context.now();
  const answer = await post(prepared.url, prepared.delivery, context.terminal.signal);
  const waits = prepared.target?.kind === 'engine' && answer.status === 'queued' && options.wait;
  const story = waits
    ? await waitForOutcome(prepared, { seconds: waits, since: startedAt, context })
    : undefined;
  writeSent(context, prepared, answer, story, options);
  const isTaken = answer.httpStatus >= 200 && answer.httpStatus < 300;
  if (!isTaken || answer.status === 'dead-letter' || isDead(story)) endWith(EXIT.found);
}

const isDead = (story: Story | undefined): boolean =>
  story?.state === 'dead-letter' || story?.state === 'partly-dead-letter';

async function prepare(
  source: SourceName,
  type: EventType,
  target: Target | undefined,
  options: SendOptions,
  context: CommandContext,
): Promise<PreparedSample> {
  const secret = await secretFor(source, options, target);
  const simulatorUrl = target?.simulatorUrl;
  const buyer = buyerOf(source, options, target !== undefined && simulatorUrl === undefined);
  const wanted = { source, type, buyer };
  const plan = named(
    simulatorUrl ? await withContact(wanted, simulatorUrl, options, context) : wanted,
    options.dryRun === true,
  );
  const instanceId = (await target?.settings())?.get('WIX_INSTANCE_ID');
  const sample = draftSample(source, {
    now: context.now(),
    type,
    buyer: plan.buyer,
    ...(instanceId && { instanceId }),
  });
  const { payload, added } = setPaths(sample.draft.payload, options.set ?? []);
  for (const path of added) {
    context.terminal.err.write(`The sample had no ${path}: it was added.\n`);
  }
  const { topic } = sample.draft;
  const delivery = sample.sign({ topic, payload }, secret);
  const url = urlFor(source, options.to, target);
  const reading = sources[source].read(
    asVerified(sources[source], {
      headers: delivery.headers,
      body: Buffer.from(delivery.body),
      receivedAt: context.now(),
    }),
  );
  return { ...plan, url, target, topic, payload, delivery, secret, reading };
}

/** Nobody waits for a contact that is only forgotten. A contact id that was given is the user's affair. */
async function withContact(
  plan: SamplePlan,
  simulatorUrl: string,
  { contact, contactId, dryRun }: SendOptions,
  { terminal }: CommandContext,
): Promise<SamplePlan> {
  if (!contact || contactId !== undefined || dryRun) return plan;
  const { id, isNew } = await ensureContact(simulatorUrl, plan.buyer);
  if (isNew) terminal.err.write(`Added ${plan.buyer.email} to the simulated Wix.\n`);
  // Other platforms do not know it.
  return plan.source === 'wix' ? { ...plan, buyer: { ...plan.buyer, contactId: id } } : plan;
}

/** A URL without a path is that of an Earmark. */
function urlFor(source: SourceName, to: string | undefined, target: Target | undefined): string {
  if (target) return `${target.url}/webhooks/${source}`;
  const url = URL.parse(to ?? '');
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new CliFailure(`--to is "${to}". Write an address with http:// or https://.`, EXIT.usage);
  }
  return url.pathname === '/' ? `${url.origin}/webhooks/${source}` : url.href;
}
