import { table } from '../command.ts';
import { BODIES, JOBS, MOST_DEAD, STATUSES, type StormResult, TARGETS } from './storms.ts';

const FOOT = `A minute in which all calls of one kind are answered with one status, in Wix's envelope, as HTML or empty,
while ${JOBS} jobs wait. In each cell: jobs that became dead letters, where all others were labelled (. for none).
Only Wix's envelope can say that a job never succeeds; then ${MOST_DEAD} at most become dead letters, four of each worker, until
its breaker opens.`;

/** One row a status; what failed, and why, below. */
export function stormTable(results: readonly StormResult[]): string {
  const columns = Object.keys(TARGETS).flatMap((target) =>
    Object.keys(BODIES).map((body) => ({ target, body })),
  );
  const heads = [
    ['', ...columns.map(({ target, body }) => (body === 'envelope' ? target : ''))],
    ['', ...columns.map(({ body }) => body)],
  ];
  const rows = STATUSES.map((status) => [
    String(status),
    ...columns.map(({ target, body }) => {
      const result = results.find(
        (one) => one.status === status && one.target === target && one.body === body,
      );
      if (!result) return '';
      if (result.problems.length > 0) return 'FAIL';
      return result.dead === 0 ? '.' : String(result.dead);
    }),
  ]);
  const problems = results.flatMap(({ status, target, body, problems }) =>
    problems.map((problem) => `FAIL ${status} ${target} ${body}: ${problem}`),
  );
  const failed = results.filter(({ problems }) => problems.length > 0).length;
  const longest = Math.max(...results.map(({ minutes }) => minutes));
  const most = Math.max(...results.map(({ dead }) => dead));
  const sum =
    `${results.length} storms, ${failed} failed. The most dead letters of one: ${most}. ` +
    `The longest until all was done: ${longest.toFixed(1)} minutes.`;
  return [table([...heads, ...rows]), '', FOOT, '', sum, ...problems].join('\n');
}
