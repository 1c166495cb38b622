import { writeFileSync } from 'node:fs';
import { MEASURED_FILE, type Measurements, type Ways } from '../../cost/measured.ts';
import type { Measurement } from './measurement.ts';

const DIGITS = 4;

/** What `earmark capacity` needs of a measurement. @param date ISO 8601 */
export function toMeasurements(measurement: Measurement, date: string): Measurements {
  const { work, log, memoryMb, fixed, metrics, standing, shapes } = measurement;
  const waysOf = (atOnce: boolean) => {
    const chosen = shapes.filter(({ perMinute }) => (perMinute === 0) === atOnce);
    return Object.fromEntries(chosen.map(({ by, way }) => [by, way])) as unknown as Ways;
  };
  return {
    command: 'npm run bench:cost -- --save',
    date,
    work,
    log,
    memoryMb,
    fixed,
    metrics,
    standing,
    evenly: waysOf(false),
    backlog: waysOf(true),
  };
}

/** Writes cost/measured.json, which `earmark capacity` reads. */
export function saveMeasurements(measurements: Measurements): void {
  const round = (_: string, value: unknown): unknown =>
    typeof value === 'number' ? Number(value.toFixed(DIGITS)) : value;
  writeFileSync(MEASURED_FILE, `${JSON.stringify(measurements, round, 2)}\n`);
}
