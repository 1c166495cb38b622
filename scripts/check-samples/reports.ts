import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CODE_SOURCES, type CodeSourceName } from '../../lib/events/event.ts';
import { interpret } from '../../lib/receiving/interpret.ts';
import type { DeliveryProblem } from '../../lib/receiving/to-job.ts';
import { loadRules } from '../../lib/rules/authoring/load.ts';
import { compileRules } from '../../lib/rules/match.ts';
import { asVerified } from '../../lib/sources/as-verified.ts';
import { codeSources } from '../../lib/sources/index.ts';
import type { Delivery } from '../../lib/sources/source.ts';

/** Rules that make the most of whatever is read: each name and list that a payload can bring becomes a label. */
const RULES = `
limits: { computedLabels: 1000 }
rules:
  - { name: placed, on: order.created, add: [Placed] }
  - { name: paid, on: order.paid, add: [Customer] }
  - name: bought
    on: [order.paid, order.created]
    when: has(event.order)
    add: event.order.items.filter(i, has(i.title)).map(i, "Bought " + i.title)
  - { name: refunded, on: [order.refunded, order.canceled], add: [Refunded] }
  - name: plan
    on: [subscription.started, subscription.renewed, subscription.changed]
    when: has(event.subscription) && has(event.subscription.planName)
    add: '"Plan " + event.subscription.planName'
  - { name: tags, on: [order.paid, customer.created, customer.updated, form.submitted], add: 'event.tags.map(t, "Tag " + t)' }
`;

/** Such a name is no label that anybody wanted. */
const GARBAGE =
  /undefined|\bnull\b|\[object|[[\]{}]|\ufffd|<\w|&\w+;|\bafter \d|\bat [$€£]|\d ×|Trial period/i;
/** A reason that says no more than that it failed. */
const VAGUE = /is not a JSON object|of another kind|names nobody|no valid|fault of Earmark/;

/**
 * Inputs of bug reports. Prints what became of each with the rules above.
 * @returns how many became garbage labels, or a dead letter that does not say what to do
 */
export async function checkReports(directory: string): Promise<number> {
  const files = (await readdir(directory)).filter((file) => /\.(json|bin)$/.test(file)).sort();
  if (files.length === 0) throw new Error(`${directory} holds no samples`);
  const rules = compileRules(loadRules(RULES, 'rules'));
  let wrong = 0;
  for (const file of files) {
    const [source, delivery] = deliveryOf(file, await readFile(join(directory, file)));
    const found = interpret(
      codeSources[source],
      asVerified(codeSources[source], delivery),
      { rules, siteOf: () => 'site' },
      () => false,
    );
    const { line, isWrong } = outcome(found, delivery);
    if (isWrong) wrong += 1;
    console.log(`${isWrong ? 'FAIL' : 'pass'}  ${file}: ${line}`);
  }
  return wrong;
}

/** The first word of a file's name is its source. A number beyond 2^53 must stay as it is written. */
function deliveryOf(file: string, bytes: Buffer): readonly [CodeSourceName, Delivery] {
  const [word = ''] = basename(file).split(/[-.]/);
  const source = CODE_SOURCES.find((name) => name === word || name.split('-')[0] === word);
  if (source === undefined) throw new Error(`${file}: "${word}" is no source`);
  const receivedAt = Date.now();
  const type = { 'content-type': 'application/json' };
  if (file.endsWith('.bin')) return [source, { headers: type, body: bytes, receivedAt }];
  const text = bytes.toString();
  const { headers, body } = JSON.parse(text) as { headers: Record<string, string>; body: unknown };
  const lower = Object.entries(headers).map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  );
  const written = text.slice(text.indexOf('"body":') + 7, text.lastIndexOf('}')).trim();
  return [
    source,
    {
      headers: { ...type, ...Object.fromEntries(lower) },
      body: Buffer.from(typeof body === 'string' ? body : written),
      receivedAt,
    },
  ];
}

function outcome(
  found: ReturnType<typeof interpret>,
  { body }: Delivery,
): { line: string; isWrong: boolean } {
  if (found.kind === 'ignored') return { line: `ignored: ${found.reason}`, isWrong: false };
  if (found.kind === 'unreadable') {
    return {
      line: `dead letter: ${found.reason}`,
      isWrong: VAGUE.test(found.reason) || /"test":\s*true/.test(String(body)),
    };
  }
  const { event, mapping } = found;
  const { types } = event;
  const dead = (problem: DeliveryProblem) => ({
    line: `dead letter: ${problem.detail ?? problem.reason}`,
    isWrong: true,
  });
  if (mapping.failedRules) return dead(mapping.failedRules);
  if (mapping.kind === 'nobody') return dead(mapping.problem);
  if (mapping.kind === 'ignored') {
    return { line: `${types.join(' and ')}: ${mapping.reason}`, isWrong: false };
  }
  const { job } = mapping;
  const line = `${types.join(' and ')}: +${job.add.join(', ')} → ${job.contact.email ?? job.contact.contactId}`;
  return { line, isWrong: job.add.some((name) => GARBAGE.test(name)) };
}
