import type { EventType, SourceName } from '../../../lib/events/event.ts';
import { asVerified } from '../../../lib/sources/as-verified.ts';
import { knownSource } from '../../../lib/sources/index.ts';
import type { Reading } from '../../../lib/sources/source.ts';
import {
  addressOf,
  type Buyer,
  canSign,
  draftSample,
  needsContactId,
  type SampleDelivery,
} from '../../../samples/samples.ts';
import { type CommandContext, endWith, usingTarget } from '../../kit/command.ts';
import { EXIT, wrongUsage } from '../../kit/failure.ts';
import { warnOfOtherRules } from '../../kit/rules-in-force.ts';
import type { Target } from '../../kit/target.ts';
import { whole, writeJson } from '../../kit/terminal.ts';
import { ensureContact } from './contact.ts';
import { post, waitForOutcome } from './post.ts';
import {
  isJson,
  renderDryRun,
  renderReading,
  renderSent,
  toJson,
  withoutSecret,
} from './report.ts';
import { secretFor } from './secret.ts';
import {
  buyerOf,
  named,
  type PreparedSample,
  readPair,
  type SendOptions,
  urlFor,
} from './send-plan.ts';
import { setPaths } from './set.ts';

/** `earmark send`: one signed sample, and what becomes of it. */
export async function send(
  sourceName: string,
  event: string,
  options: SendOptions,
  context: CommandContext,
): Promise<void> {
  const { to } = options;
  const pair = readPair(sourceName, event);
  if (to !== undefined && options.stage !== undefined) {
    throw wrongUsage('Send it to a stage or --to a URL, not both.');
  }
  const work = async (url: string, target?: Target): Promise<void> => {
    const prepared = await prepare(pair, url, target, options, context);
    if (options.dryRun) writeDryRun(prepared, options, context);
    else await deliver(prepared, options, context);
  };
  await (to === undefined
    ? usingTarget(options, context, (target) =>
        work(`${target.url}/webhooks/${pair.source}`, target),
      )
    : work(urlFor(pair.source, to)));
}

async function deliver(
  prepared: PreparedSample,
  options: SendOptions,
  context: CommandContext,
): Promise<void> {
  const { terminal, now } = context;
  const { target } = prepared;
  const rules = target && warnOfOtherRules(target, options, context);
  const since = now();
  const answer = await post(prepared, terminal.signal);
  const waits = target?.kind === 'engine' && answer.status === 'queued' && options.wait;
  const story = waits ? await waitForOutcome(prepared, waits, since, context) : undefined;
  if (options.json) writeJson(terminal, { ...toJson(prepared), rules, answer, story });
  else terminal.out.write(renderSent(prepared, answer, story, options, context));
  const isTaken = answer.httpStatus >= 200 && answer.httpStatus < 300;
  const isDead = [answer.status, story?.state].some((one) => one?.endsWith('dead-letter'));
  if (!isTaken || isDead) endWith(EXIT.found);
}

/** What would be sent, and nothing else: with `--json` as `earmark rules test -` takes it. */
function writeDryRun(
  prepared: PreparedSample,
  { json }: SendOptions,
  { terminal }: CommandContext,
): void {
  const { source } = prepared;
  if (json) {
    writeJson(terminal, { source, ...withoutSecret(prepared) });
    return;
  }
  whole(terminal).write(renderDryRun(prepared));
  const form = renderedForm(prepared);
  terminal.err.write(`\n${renderReading(prepared)}. The body ${form}. Nothing was sent.\n`);
}

function renderedForm(prepared: PreparedSample): string {
  if (prepared.source === 'wix') return 'is a token that holds this entity';
  return isJson(prepared) ? 'is this, on one line' : 'is this';
}

async function prepare(
  pair: { readonly source: SourceName; readonly type: EventType },
  url: string,
  target: Target | undefined,
  options: SendOptions,
  { terminal, now }: CommandContext,
): Promise<PreparedSample> {
  const { source, type } = pair;
  const { dryRun = false } = options;
  const simulatorUrl = target?.simulatorUrl;
  if (!canSign(source)) throw wrongUsage(unsignable(source));
  const secret = await secretFor(source, options, target);
  const wanted = buyerOf(pair, options, target !== undefined && simulatorUrl === undefined);
  const receivedAt = now();
  const instanceId = (await target?.settings())?.get('WIX_INSTANCE_ID');
  const sampleFor = (buyer: Buyer) => {
    const about = { now: receivedAt, type, buyer, url, total: options.total };
    const { draft, sign } = madeOf(() =>
      draftSample(source, { ...about, ...(instanceId && { instanceId }) }),
    );
    return { ...setPaths(draft.payload, options.set ?? []), topic: draft.topic, sign };
  };
  // What cannot be made is found out before a contact is.
  sampleFor(named(wanted, pair, true));
  // Nobody waits for a contact that is only looked at. A contact id that was given is the user's affair.
  const ensures = simulatorUrl && options.contact && options.contactId === undefined && !dryRun;
  const known = ensures ? await ensureContact(simulatorUrl, wanted) : undefined;
  if (known?.isNew) terminal.err.write(`Added ${wanted.email} to the simulated Wix.\n`);
  // Platforms but Wix do not know the contact's id.
  const contactId = source === 'wix' || needsContactId(source, type) ? known?.id : undefined;
  const buyer = named({ ...wanted, ...(contactId && { contactId }) }, pair, dryRun);
  const { topic, payload, added, sign } = sampleFor(buyer);
  for (const path of added) terminal.err.write(`The sample had no ${path}: it was added.\n`);
  const delivery = madeOf(() => sign({ topic, payload }, secret));
  const address = addressOf(url, delivery);
  const reading = readingOf(source, delivery, { url: address, secret, receivedAt });
  return { source, type, buyer, url, address, target, topic, payload, delivery, secret, reading };
}

const unsignable = (source: SourceName): string =>
  `A delivery of ${source} cannot be signed here: its sender signs with a key of its own. Try a body that it
sent with \`./earmark sources try body.json --as ${source}\`, and your rules with \`./earmark rules test\`.`;

/** What `receive` will read: an event's id may hang on the whole body, so the secret is masked in it as there. */
export function readingOf(
  source: SourceName,
  { headers, body, secret, query = {} }: SampleDelivery,
  sent: { readonly url: string; readonly secret: string; readonly receivedAt: number },
): Reading {
  const known = knownSource(source);
  const { url, receivedAt } = sent;
  const address = { method: 'POST', url, secret, query };
  const delivery = { headers, body: Buffer.from(body), receivedAt, address };
  const found = known.verify(delivery, [sent.secret]);
  // Wix signs with the half of a key that verifies nothing.
  return known.read(found.ok ? found.verified : asVerified(known, delivery));
}

/** A sample that cannot be made as it is wanted is the user's affair. */
function madeOf<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw error instanceof RangeError ? wrongUsage(error.message) : error;
  }
}
