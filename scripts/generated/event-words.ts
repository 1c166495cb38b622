import { EVENT_TYPES, type EventType } from '../../lib/events/event.ts';
import type { Condition } from '../../lib/sources/authoring/forms.ts';
import type { SourceFile } from '../../lib/sources/authoring/schema.ts';
import { code, listed } from './markdown.ts';

type Meanings = SourceFile['events'][string];
type Meaning = Exclude<Meanings, readonly unknown[]>;

/** What each topic becomes and when, in a line for all topics that mean the same. */
export function eventLines(events: SourceFile['events']): readonly string[] {
  const topics = new Map<string, string[]>();
  for (const [topic, meanings] of Object.entries(events)) {
    const words = meaningWords(meanings);
    topics.set(words, [...(topics.get(words) ?? []), code(topic)]);
  }
  return [...topics].map(([words, of]) => `${of.join(', ')}: ${words}.`);
}

function meaningWords(meanings: Meanings): string {
  const all = [meanings].flat();
  const words = all.map((one, at) => `${becomes(one)}${whenWords(one, at > 0)}`).join('; ');
  const left = [...new Set(all.flatMap(({ incomplete }) => incomplete ?? []))];
  return [words, ...left.map((one) => `It names nobody: ${plain(one)}`)].join('. ');
}

const becomes = ({ is, pass = '' }: Meaning): string =>
  is === undefined ? `passed over (${plain(pass)})` : listed([is].flat().map(code));

/** Without its full stop, for more follows. */
const plain = (text: string): string => text.replace(/\.$/, '');

/** @param isLater others come before it, and their conditions do not hold */
function whenWords({ when, unless }: Meaning, isLater: boolean): string {
  const parts = [
    ...(when ? [`where ${conditionWords(when)}`] : []),
    ...(unless ? [`unless ${conditionWords(unless)}`] : []),
  ];
  if (parts.length === 0) return isLater ? ' otherwise' : '';
  return ` ${parts.join(', ')}`;
}

const conditionWords = (condition: Condition): string =>
  listed(
    Object.entries(condition).map(([place, wanted]) => {
      if (typeof wanted === 'object' && 'given' in wanted) {
        return `${code(place)} is ${wanted.given ? 'there' : 'not there'}`;
      }
      const values = [...new Set([wanted].flat().map(String))].map((one) => code(one));
      return `${code(place)} is ${listed(values, 'or')}`;
    }),
  );

/** Earmark's types of the events that a source has, in the order of the vocabulary. */
export function typesIn(events: SourceFile['events']): readonly EventType[] {
  const types = new Set(
    Object.values(events)
      .flat()
      .flatMap(({ is }) => is ?? []),
  );
  return EVENT_TYPES.filter((type) => types.has(type));
}
