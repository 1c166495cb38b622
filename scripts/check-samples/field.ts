import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CODE_SOURCES,
  type CodeSourceName,
  type CustomerEvent,
  type SourceName,
} from '../../lib/events/event.ts';
import { asVerified } from '../../lib/sources/as-verified.ts';
import { loadedSource, sourceFiles } from '../../lib/sources/authoring/files.ts';
import { fitOf } from '../../lib/sources/authoring/match.ts';
import { knownSource } from '../../lib/sources/index.ts';
import type { Delivery, Reading } from '../../lib/sources/source.ts';
import { holdsAmount, type Look, lookAt } from './look.ts';

const NOW = Date.UTC(2026, 10, 28);

/** A row of index.tsv. */
interface FieldRow {
  readonly file: string;
  readonly source: CodeSourceName;
  readonly topic: string;
  readonly headers: Readonly<Record<string, string>>;
  /** How it was read when the samples were gathered: `ignored-rightly` stays so, `right` too. */
  readonly then: string;
}

/**
 * Payloads with an index of what is right. Prints a line for each that is read wrong, and the score by source.
 * @returns how many are read wrong
 */
export async function checkField(directory: string): Promise<number> {
  const rows = rowsOf(await readFile(join(directory, 'index.tsv'), 'utf8'));
  const score = new Map<CodeSourceName, { right: number; all: number }>();
  for (const row of rows) {
    const body = await readFile(join(directory, row.file), 'utf8');
    const sender = senderOf(row, body);
    const found = score.get(row.source) ?? { right: 0, all: 0 };
    const wrong = judge(row, sender, read(row, sender, body), lookAt(JSON.parse(body)), body);
    score.set(row.source, { right: found.right + (wrong ? 0 : 1), all: found.all + 1 });
    if (wrong) console.log(`FAIL  ${row.file}, as ${sender}: ${wrong}`);
    else if (sender !== row.source) console.log(`pass  ${row.file}, as ${sender}`);
  }
  const right = [...score.values()].reduce((sum, one) => sum + one.right, 0);
  for (const [source, one] of score) console.log(`${source.padEnd(18)} ${one.right} of ${one.all}`);
  console.log(`${'all'.padEnd(18)} ${right} of ${rows.length}`);
  return rows.length - right;
}

function rowsOf(tsv: string): readonly FieldRow[] {
  const [, ...lines] = tsv.trimEnd().split(/\r?\n/);
  return lines.map((line) => {
    const [file = '', name = '', topic = '', headers = '', then = ''] = line.split('\t');
    const source = CODE_SOURCES.find((one) => one === name);
    if (source === undefined) throw new Error(`index.tsv: ${file} is of no source: "${name}"`);
    return { file, source, topic, headers: JSON.parse(headers || '{}'), then };
  });
}

const TOPIC_HEADERS: Readonly<Partial<Record<CodeSourceName, string>>> = {
  shopify: 'x-shopify-topic',
  woocommerce: 'x-wc-webhook-topic',
};

/** The samples of Wix are the claims of the token. */
const token = (claims: string): string =>
  ['{"alg":"RS256"}', claims].map((part) => Buffer.from(part).toString('base64url')).join('.');

function deliveryOf({ source, topic, headers }: FieldRow, body: string): Delivery {
  const header = TOPIC_HEADERS[source];
  return {
    headers: { ...headers, ...(header && { [header]: topic }) },
    body: Buffer.from(source === 'wix' ? `${token(body)}.c2lnbmF0dXJl` : body),
    receivedAt: NOW,
  };
}

function read(row: FieldRow, sender: SourceName, body: string): Reading {
  const source = knownSource(sender);
  return source.read(asVerified(source, deliveryOf(row, body)));
}

/** Less is no sender's own body (`fitOf`). */
const LEAST_FIT = 3;

/**
 * Whose body it is: of a sender that anybody's source would read, the described one that it fits best, and of two that
 * fit equally well the one that the file's name speaks of.
 */
function senderOf(row: FieldRow, body: string): SourceName {
  if (row.source !== 'custom' && row.source !== 'standard-webhooks') return row.source;
  const name = row.file.replaceAll('-', '');
  const fits = [...sourceFiles().keys()].map((sender) => {
    const description = loadedSource(sender)?.description;
    const fit = description ? fitOf(description, deliveryOf(row, body)) : 0;
    return { sender, fit, isNamed: name.includes(sender.replaceAll('-', '')) };
  });
  const [best] = fits
    .filter(({ fit }) => fit >= LEAST_FIT)
    .sort((a, b) => b.fit - a.fit || Number(b.isNamed) - Number(a.isNamed));
  return best?.sender ?? row.source;
}

/** What is wrong with a reading; undefined where nothing is. */
function judge(
  row: FieldRow,
  sender: SourceName,
  reading: Reading,
  look: Look,
  body: string,
): string | undefined {
  if (reading.kind === 'unreadable') return `dead letter: ${reading.reason}`;
  if (reading.kind === 'ignored') {
    if (row.then.startsWith('ignored-rightly') || isTest(reading, body)) return undefined;
    if (STANDS.test(reading.reason) || isMeant(sender, reading.reason)) return undefined;
    return `ignored: ${reading.reason}`;
  }
  const [event] = reading.events;
  const misread = misreadIn(event, look);
  if (misread) return misread;
  if (row.then === 'ignored-rightly') {
    return reading.unheard?.kind === 'ignored'
      ? undefined
      : `is ${event.type}, where it should be ignored`;
  }
  const { contactId, memberId, email, phone } = event.contact;
  const isNobody = (contactId ?? memberId ?? email ?? phone) === undefined;
  return isNobody && look.emails.size > 0 ? `${event.type} of nobody` : undefined;
}

/** To answer what labelling itself sets off could go round for ever (docs/sources.md, "Earmark's own work"). */
const STANDS = /^(?:own-work|change-not-named):/;

/** A sender's file says why the topic is passed over. */
const isMeant = (sender: SourceName, reason: string): boolean =>
  Object.values(loadedSource(sender)?.description.events ?? {})
    .flat()
    .some(({ pass }) => pass === reason);

/** A platform's own trial of a webhook is no event. */
const isTest = ({ reason }: { readonly reason: string }, body: string): boolean =>
  /"test":\s*true/.test(body) && /test/.test(reason);

/** A person, an amount or an item that the payload does not hold. */
function misreadIn({ contact, order }: CustomerEvent, look: Look): string | undefined {
  const { email, contactId } = contact;
  if (email && !look.emails.has(email.toLowerCase()))
    return `the e-mail ${email} is nobody's in it`;
  if (contactId && !look.values.has(contactId.toLowerCase())) return 'the contact id is not in it';
  const amounts = [order?.total, ...(order?.items ?? []).map(({ price }) => price)];
  const wrong = amounts.find((amount) => amount && !holdsAmount(look, amount));
  return wrong === undefined ? undefined : `the amount ${wrong} is not in it`;
}
