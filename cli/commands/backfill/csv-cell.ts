import { withoutUnseen } from '../../../lib/runtime/visible.ts';

/**
 * What a spreadsheet takes for the beginning of a formula, blanks and quotes before it or not: wide and small
 * forms too, and behind a semicolon, which parts cells where the comma is a decimal point.
 * https://owasp.org/www-community/attacks/CSV_Injection (checked 2026-11-28)
 */
const FORMULA = /(^|;)(?=[\s"']*[=+\-@＝＋－＠﹦﹢﹣﹫])/gu;

/**
 * A cell of a CSV that people open in a spreadsheet, in quotes. Text comes from shops and their customers: an
 * apostrophe makes it text to a spreadsheet, and it stands on one line without what nobody sees. Numbers are
 * ours and stay numbers.
 */
export function csvCell(value: string | number): string {
  const text = typeof value === 'number' ? String(value) : harmless(value);
  return `"${text.replaceAll('"', '""')}"`;
}

function harmless(text: string): string {
  const seen = withoutUnseen(text.replace(/\s+/g, ' ')).replace(FORMULA, "$1'");
  return /^[\t\r\n]/.test(text) && !seen.startsWith("'") ? `'${seen}` : seen;
}
