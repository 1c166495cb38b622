import { writeFileSync } from 'node:fs';
import { MEASURED_FILE, type Measurements, type Ways } from '../../cost/measured.ts';
import type { Measurement } from './checks.ts';
import { LABELLED } from './logs.ts';
import type { Played } from './shapes.ts';
import { logOf } from './tables.ts';

const DIGITS = 4;

/** What `earmark capacity` needs of a measurement. @param date ISO 8601 */
export function toMeasurements(measurement: Measurement, date: string): Measurements {
  const { logs, metrics, shapes, deployment } = measurement;
  const { peaks: _, ...work } = measurement.work;
  const { receive, label, labelInvocation } = logOf(logs, LABELLED);
  const { memoryMb, alarms, dashboards, parameters } = deployment;
  return {
    command: 'npm run bench:cost -- --save',
    date,
    work,
    log: { receive, label, labelInvocation },
    memoryMb,
    fixed: { alarms, dashboards, parameters },
    metrics,
    evenly: waysOf(shapes.filter(({ perMinute }) => perMinute > 0)),
    backlog: waysOf(shapes.filter(({ perMinute }) => perMinute === 0)),
  };
}

const waysOf = (shapes: readonly Played[]): Ways =>
  Object.fromEntries(
    shapes.map(({ by, calls, invocations, waitMs, sqsRequests }) => [
      by,
      { calls, invocations, waitMs, sqsRequests },
    ]),
  ) as unknown as Ways;

/** Writes cost/measured.json, which `earmark capacity` reads. */
export function saveMeasurements(measurements: Measurements): void {
  const round = (_: string, value: unknown): unknown =>
    typeof value === 'number' ? Number(value.toFixed(DIGITS)) : value;
  writeFileSync(MEASURED_FILE, `${JSON.stringify(measurements, round, 2)}\n`);
}
