import { unbroken } from '../../../lib/runtime/visible.ts';
import { paint, type Terminal } from '../../kit/terminal.ts';
import { renderChanges, renderNames } from './render.ts';
import type { MomentResult } from './run-history.ts';
import type { TestResult } from './run-tests.ts';
import { renderTime } from './test-times.ts';

/** A line for a test that passed, and several for one that failed. */
export function renderTest(
  terminal: Pick<Terminal, 'isColoured'>,
  file: string,
  result: TestResult,
): string[] {
  const { name, passed, line, expected, got, moments, problems, note } = result;
  if (passed) return [`${paint(terminal, 'green', 'ok  ')}  ${name}${note ? ` (${note})` : ''}`];
  const isWrong = (one: MomentResult) => one.expected.join('\n') !== one.got.join('\n');
  return [
    `${paint(terminal, 'red', 'FAIL')}  ${name} (${file}:${line})`,
    ...(expected ? renderPair(renderChanges(expected), got && renderChanges(got)) : []),
    ...moments
      .filter(isWrong)
      .flatMap((one) => renderPair(renderNames(one.expected), renderNames(one.got), one.at)),
    ...problems.map((problem) => `      ${unbroken(problem)}`),
  ];
}

function renderPair(expected: string, got = 'nothing', at?: string): readonly string[] {
  const when = at === undefined ? '' : `${renderTime(Date.parse(at))}  `;
  return [`      ${when}expected  ${expected}`, `      ${' '.repeat(when.length)}got       ${got}`];
}
