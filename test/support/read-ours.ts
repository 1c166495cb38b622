import { asVerified } from '../../lib/sources/as-verified.ts';
import type { Delivery, Reading, Source } from '../../lib/sources/source.ts';

/** What a source reads in a delivery of the test's making, whatever its signature. */
export const readOurs = (source: Source, delivery: Delivery): Reading =>
  source.read(asVerified(source, delivery));
