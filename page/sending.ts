// What is being written in `Try it`, and what was sent from there: kept while other views are open.
import { batch, signal } from '@preact/signals';
import type { Sample, SendRequest, Sent } from './api.ts';
import { refreshed } from './refreshed.ts';
import { get, inPath, post } from './requests.ts';
import { trying } from './state.ts';
import { laidOut } from './words.ts';

/** A sample, and what somebody made of it. */
export interface Draft extends Sample {
  readonly source: string;
  readonly type: string;
  /** As the engine made it. */
  readonly sample: Sample;
}

/** The answer to what was sent. */
export interface Sending extends Sent {
  readonly what: string;
  readonly number: number;
}

const MOST_KEPT = 5;

export const draft = signal<Draft | undefined>(undefined);
/** Another one with each change of the body that was not typed. */
export const edition = signal(0);
export const sent = signal<readonly Sending[]>([]);

/** The sample that is shown first: a purchase, where there is one. */
export const firstOf = (samples: readonly string[] = []): string =>
  samples.find((type) => type === 'order.paid') ?? samples[0] ?? '';

const sampleOf = (source: string, type: string): Promise<Sample> =>
  get<Sample>(`samples/${inPath(source)}/${inPath(type)}`);

/** Begins anew with a sample of what is chosen. */
export async function loadSample(): Promise<void> {
  const { source, type } = trying.value;
  const sample = await sampleOf(source, type);
  // Meanwhile another may have been chosen.
  if (trying.value.source !== source || trying.value.type !== type) return;
  put({ ...sample, body: laidOut(sample.body), source, type, sample });
}

const put = (next: Draft): void =>
  batch(() => {
    draft.value = next;
    edition.value += 1;
  });

export function edit(change: Partial<Pick<Draft, 'headers' | 'body'>>): void {
  if (draft.value) draft.value = { ...draft.value, ...change };
}

/** Another person: wherever the former's address stands. */
export function editEmail(email: string): void {
  const held = draft.value;
  if (!held?.email || !email) return;
  put({ ...held, email, body: held.body.replaceAll(held.email, email) });
}

/** Sends it. What is fresh in each sample is another one afterwards, or the next would be a duplicate. */
export async function send(): Promise<Sent | undefined> {
  const held = draft.value;
  if (!held) return undefined;
  const { source, type, headers, body, email } = held;
  const contact = trying.value.isContact && email ? { contact: email } : {};
  const answer = await post<Sent>('send', {
    ...{ source, type, headers, body },
    ...contact,
  } satisfies SendRequest);
  const number = (sent.value[0]?.number ?? 0) + 1;
  const what = `${type} of ${source}`;
  sent.value = [{ ...answer, what, number }, ...sent.value].slice(0, MOST_KEPT);
  const next = await sampleOf(source, type);
  if (draft.value === held) put(freshened(held, next));
  return answer;
}

function freshened(held: Draft, next: Sample): Draft {
  const { sample } = held;
  const [edited, before, after] = [held, sample, next].map(({ body }) => JSON.parse(body));
  const headers = refreshed(held.headers, sample.headers, next.headers) as Draft['headers'];
  const body = JSON.stringify(refreshed(edited, before, after), null, 2);
  return { ...held, headers, body, sample: next };
}
