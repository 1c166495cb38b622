import { writeFileSync } from 'node:fs';
import { MEASURED_FILE, type Measurements, type Ways } from '../../cost/measured.ts';
import type { EventWork, Way } from '../../cost/usage.ts';
import { LABELLED } from './logs.ts';
import type { Measurement } from './result.ts';
import type { Played } from './shapes.ts';

const DIGITS = 4;

/** What of a measurement `earmark capacity` needs. @param date ISO 8601 */
export function toMeasurements(measurement: Measurement, date: string): Measurements {
  const { work, logs, metrics, shapes, deployment } = measurement;
  const log = logs.find(({ kind }) => kind === LABELLED);
  if (!log) throw new Error(`The log of "${LABELLED}" was not measured.`);
  const { memoryMb, alarms, dashboards, parameters } = deployment;
  return {
    command: 'npm run bench:cost -- --save',
    date,
    work: workOf(work),
    log: { receive: log.receive, label: log.label, labelInvocation: log.labelInvocation },
    memoryMb,
    fixed: { alarms, dashboards, parameters },
    metrics,
    evenly: waysOf(shapes.filter(({ perMinute }) => perMinute > 0)),
    backlog: waysOf(shapes.filter(({ perMinute }) => perMinute === 0)),
  };
}

const workOf = ({
  receive,
  label,
  fullBatchMs,
  jobBytes,
  bytesAWixCall,
  answerBytes,
}: EventWork): EventWork => ({ receive, label, fullBatchMs, jobBytes, bytesAWixCall, answerBytes });

function waysOf(shapes: readonly Played[]): Ways {
  const way = (by: Played['by']): Way => {
    const found = shapes.find((shape) => shape.by === by);
    if (!found) throw new Error(`No shape by ${by} was played.`);
    const { calls, invocations, waitMs, sqsRequests } = found;
    return { calls, invocations, waitMs, sqsRequests };
  };
  return { 'e-mail': way('e-mail'), 'contact id': way('contact id') };
}

/** Writes what `earmark capacity` reckons with. */
export function saveMeasurements(measurements: Measurements): void {
  const round = (_: string, value: unknown): unknown =>
    typeof value === 'number' ? Number(value.toFixed(DIGITS)) : value;
  writeFileSync(MEASURED_FILE, `${JSON.stringify(measurements, round, 2)}\n`);
}
