import { namesSomebody } from '../../../lib/events/contact.ts';
import { CODE_SOURCES, type SourceName } from '../../../lib/events/event.ts';
import { asVerified } from '../../../lib/sources/as-verified.ts';
import { loadedSource, sourceFiles } from '../../../lib/sources/authoring/files.ts';
import { fitOf } from '../../../lib/sources/authoring/match.ts';
import { knownSource } from '../../../lib/sources/index.ts';
import type { Delivery } from '../../../lib/sources/source.ts';
import type { Captured } from './captured.ts';

export interface Fit {
  readonly name: SourceName;
  readonly fit: number;
}

/** Less is no sender's: a constant topic, and some places that many bodies have. */
const LEAST = 3;
/** What no sender shows more plainly than another. */
const NEAR = 0.1;

/** The sources that a captured body fits best: one, or several that fit equally well; none where it fits none. */
export function bestFits(captured: Captured): readonly Fit[] {
  const described = [...sourceFiles().keys()].map((name): Fit => {
    const description = loadedSource(name)?.description;
    return { name, fit: description ? fitOf(description, captured.for(name)) : 0 };
  });
  const code = CODE_SOURCES.map((name) => ({ name, fit: codeFit(name, captured.for(name)) }));
  const fits = [...described, ...code].filter(({ fit }) => fit >= LEAST);
  const most = Math.max(...fits.map(({ fit }) => fit));
  return fits.filter(({ fit }) => fit > most - NEAR).sort((a, b) => b.fit - a.fit);
}

/** As `fitOf`. Shopify and WooCommerce say their topic in a header; the last two read any sender's body a little. */
function codeFit(name: SourceName, delivery: Delivery): number {
  const source = knownSource(name);
  const reading = source.read(asVerified(source, delivery));
  if (reading.kind === 'unreadable') return 0;
  const isKnown = reading.kind === 'events' && reading.unheard === undefined;
  const isSomebody = reading.kind === 'events' && namesSomebody(reading.events[0].contact);
  if (name === 'standard-webhooks' || name === 'custom') return isKnown && isSomebody ? LEAST : 0;
  return (isKnown ? 6 : 0) + (isSomebody ? 2 : 0);
}
