import { chunks, gbSeconds, gigabytes, plus, times } from '../../cost/bill.ts';
import { DAY_MINUTES, logUsage, workMs } from '../../cost/usage.ts';
import { withLambda } from './logs.ts';
import type { Measurement } from './measurement.ts';

/**
 * Requests that a stranger sends again and again. `bodyCpuMs`: CPU time beyond that of any event, to read the
 * body, measured by itself on 2026-11-27. Where it does not reach the function, API Gateway answers by itself,
 * as nothing that large gets into a Lambda event (6 MB).
 */
export const FLOODS = [
  { name: 'small, a wrong signature', bodyBytes: 0, bodyCpuMs: 0, reachesFunction: true },
  { name: '1 MB, a wrong signature', bodyBytes: 1e6, bodyCpuMs: 2.6, reachesFunction: true },
  { name: '4.4 MB, more than is taken', bodyBytes: 4.4e6, bodyCpuMs: 12, reachesFunction: true },
  { name: '10 MB, more than Lambda takes', bodyBytes: 10e6, bodyCpuMs: 0, reachesFunction: false },
];

/** An HTTP API is billed by so much of a request. https://aws.amazon.com/api-gateway/pricing/ (checked 2026-11-28) */
const HTTP_API_KB = 512;

/**
 * A day of requests that are refused, as many as the throttle of one route lets through: the most that a
 * flood of its address can cost.
 */
export function floodDay(
  { work, logs, memoryMb, requestsPerSecond }: Measurement,
  { bodyBytes, bodyCpuMs, reachesFunction }: (typeof FLOODS)[number],
) {
  const busyMs = reachesFunction ? workMs(work.receive.nextMs + bodyCpuMs, memoryMb.receive) : 0;
  const inFunction = plus(logUsage(withLambda(logs['a wrong signature']).sum), {
    lambdaRequests: 1,
    lambdaGbSeconds: gbSeconds(memoryMb.receive, busyMs),
  });
  const one = plus(reachesFunction ? inFunction : {}, {
    httpApiRequests: chunks(bodyBytes, HTTP_API_KB),
    dataOutGb: gigabytes(work.answerBytes),
  });
  const functionsAtOnce = (requestsPerSecond * busyMs) / 1000;
  return { one, functionsAtOnce, usage: times(one, requestsPerSecond * DAY_MINUTES * 60) };
}
