import { parseJson } from '../../lib/runtime/json.ts';
import type { FunctionLogLine, LogQuery, UnreadableLine } from './target.ts';

/** What Lambda itself writes around an invocation. */
const LAMBDA_S_OWN = /^(?:INIT_START|START|END|REPORT|EXTENSION|TELEMETRY)\b/;
const TIME = /"time":"([\d:.TZ-]{20,30})"/;

/** A line as a function wrote it, if it matches the query. One that cannot be read is told to `onUnreadable`. */
export function lineOf(
  text: string,
  functionName: string,
  { anyOf, since, onUnreadable }: LogQuery,
): FunctionLogLine[] {
  if (!anyOf.some((one) => text.includes(one))) return [];
  const value = parseJson(text);
  if (value instanceof Object && !Array.isArray(value))
    return [{ ...value, function: functionName }];
  const time = TIME.exec(text)?.[1];
  const isOld = time !== undefined && Date.parse(time) < since;
  if (!isOld && !LAMBDA_S_OWN.test(text)) {
    onUnreadable?.({ where: time ? `${functionName} at ${time}` : functionName, text });
  }
  return [];
}

/** `2 lines of the log that match cannot be read: label at …, receive at …`; the first few of them. */
export function unreadableInWords(lines: readonly UnreadableLine[]): string {
  const places = lines.slice(0, 3).map(({ where }) => where);
  const more = lines.length > places.length ? ', …' : '';
  const many = lines.length === 1 ? '1 line of the log' : `${lines.length} lines of the log`;
  return `${many} that may be about it cannot be read (${places.join(', ')}${more})`;
}
