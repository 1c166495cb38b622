import type { Deployment } from '../../bench/cost/deployment.ts';
import type { LogRow } from '../../bench/cost/logs.ts';
import type { Played } from '../../bench/cost/shapes.ts';
import type { Work } from '../../bench/cost/work.ts';
import type { EventMeasurements } from '../../cost/measured.ts';

/** Figures that are easy to reckon with. */
export const WORK: Work = {
  receive: { bootMs: 20, loadMs: 30, firstMs: 50, nextMs: 2 },
  label: { bootMs: 20, loadMs: 40, firstMs: 80, nextMs: 4 },
  fullBatchMs: 12,
  peaks: {
    receive: [
      [128, 100],
      [512, 150],
    ],
    label: [
      [128, 110],
      [256, 160],
    ],
  },
  jobBytes: 65_537,
  bytesAWixCall: 400,
  answerBytes: 100,
};

export const LOG: LogRow = {
  kind: 'queued and labelled',
  receive: 300,
  label: 500,
  labelInvocation: 40,
  lambda: 500,
  bytes: 1_300,
};

export const PLAYED: Played = {
  name: 'two a batch',
  by: 'e-mail',
  perMinute: 10,
  events: 1_000,
  calls: 2,
  invocations: 0.5,
  waitMs: 300,
  sqsRequests: 3,
  minutes: 100,
  sound: true,
};

/** A whole vCPU for `receive`, half of one for `label`. */
export const MEASURED: EventMeasurements = {
  work: WORK,
  log: LOG,
  memoryMb: { receive: 1769, label: 884.5 },
};

export const DEPLOYMENT: Deployment = {
  memoryMb: { receive: 512, label: 256 },
  workers: 2,
  requestsPerSecond: 100,
  sources: 6,
  alarms: 4,
  dashboards: 1,
  parameters: 11,
};
