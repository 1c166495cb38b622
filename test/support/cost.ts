import type { Measurement } from '../../bench/cost/measurement.ts';
import type { Played } from '../../bench/cost/shapes.ts';
import type { EventMeasurements, EventWork, LogBytes } from '../../cost/measured.ts';

/** Figures that are easy to reckon with. */
export const WORK: EventWork = {
  receive: { bootMs: 20, loadMs: 30, firstMs: 50, nextMs: 2 },
  label: { bootMs: 20, loadMs: 40, firstMs: 80, nextMs: 4 },
  fullBatchMs: 12,
  jobBytes: 65_537,
  bytesAWixCall: 400,
  answerBytes: 100,
};

export const LOG: LogBytes = { receive: 300, label: 500, labelInvocation: 40 };
/** Of an event that never gets to `label`. */
const SHORT_LOG: LogBytes = { receive: 200, label: 0, labelInvocation: 0 };

export const PLAYED: Played = {
  name: 'two a batch',
  by: 'e-mail',
  perMinute: 10,
  events: 1_000,
  way: { calls: 2, invocations: 0.5, waitMs: 300, sqsRequests: 3 },
  minutes: 100,
  sound: true,
};

/** A whole vCPU for `receive`, half of one for `label`. */
export const MEASURED: EventMeasurements = {
  work: WORK,
  log: LOG,
  memoryMb: { receive: 1769, label: 884.5 },
};

/** All of a measurement, of a deployment with enough memory. */
export const MEASUREMENT: Measurement = {
  work: WORK,
  lives: [
    { size: 128, receive: 100, label: 110, fullBatchMs: 12 },
    { size: 256, receive: 130, label: 160, fullBatchMs: 12 },
    { size: 512, receive: 150, label: 170, fullBatchMs: 12 },
  ],
  logs: {
    'queued and labelled': LOG,
    'its contact is not there yet: one try': LOG,
    'no rule matches': SHORT_LOG,
    'a topic of no interest': SHORT_LOG,
    'a duplicate': SHORT_LOG,
    'a wrong signature': SHORT_LOG,
    'cannot be read: a dead letter': SHORT_LOG,
  },
  log: LOG,
  metrics: 12,
  standing: { writeUnits: 1, readUnits: 4, wakeMemoryMb: 1024, alarms: 5 },
  shapes: [PLAYED, { ...PLAYED, name: 'backlog', perMinute: 0 }],
  customers: { known: 10, labelled: 10 },
  memoryMb: { receive: 512, label: 256 },
  workers: 2,
  requestsPerSecond: 100,
  routes: 6,
  fixed: { alarms: 4, dashboards: 1, parameters: 11 },
};
