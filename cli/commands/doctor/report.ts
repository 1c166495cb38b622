import { paint, type Terminal } from '../../kit/terminal.ts';
import { many } from '../../kit/words.ts';
import type { Checked, Diagnosis, Status } from './finding.ts';

const SIGN = { pass: '✓', warn: '!', fail: '✗' } as const satisfies Record<Status, string>;
const COLOUR = { pass: 'green', warn: 'yellow', fail: 'red' } as const;

const findingsOf = (checked: readonly Checked[]): readonly Diagnosis[] =>
  checked.flatMap(({ findings }) => findings);

export const hasFailed = (checked: readonly Checked[]): boolean =>
  findingsOf(checked).some(({ status }) => status === 'fail');

/** For people: the findings under their headings, what to do below what is not well, and a summary. */
export function asText(
  terminal: Terminal,
  target: string | undefined,
  checked: readonly Checked[],
): string {
  const lines: string[] = [];
  let heading = '';
  for (const { about, findings } of checked) {
    if (findings.length === 0) continue;
    if (about !== heading) lines.push(...(heading ? [''] : []), paint(terminal, 'bold', about));
    heading = about;
    for (const { status, what, advice } of findings) {
      lines.push(`  ${paint(terminal, COLOUR[status], SIGN[status])} ${what}`);
      if (advice) lines.push(paint(terminal, 'dim', `      ${advice}`));
    }
  }
  return `${[...lines, '', summary(target, checked)].join('\n')}\n`;
}

function summary(target: string | undefined, checked: readonly Checked[]): string {
  const found = findingsOf(checked);
  const count = (status: Status): number => found.filter((each) => each.status === status).length;
  const of = target === undefined ? '' : `${target}: `;
  return `${of}${count('pass')} passed, ${many(count('warn'), 'warning')}, ${count('fail')} failed.`;
}

/** For machines. `target` is null where none could be reached. */
export function asJson(target: string | undefined, checked: readonly Checked[]): object {
  const checks = checked.flatMap(({ about, findings }) =>
    findings.map((finding) => ({ about, ...finding })),
  );
  return { target: target ?? null, passed: !hasFailed(checked), checks };
}
