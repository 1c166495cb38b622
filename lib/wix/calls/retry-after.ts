const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MONTH = `(?<month>${MONTHS.join('|')})`;
const TIME = '(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)';

/** The three forms of HTTP-date that a recipient must read: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7 */
const DATES = [
  // Sun, 06 Nov 1994 08:49:37 GMT
  new RegExp(`^[A-Z][a-z]{2}, (?<day>\\d\\d) ${MONTH} (?<year>\\d{4}) ${TIME} GMT$`),
  // RFC 850: Sunday, 06-Nov-94 08:49:37 GMT
  new RegExp(`^[A-Z][a-z]{5,8}, (?<day>\\d\\d)-${MONTH}-(?<year>\\d\\d) ${TIME} GMT$`),
  // asctime: Sun Nov  6 08:49:37 1994
  new RegExp(`^[A-Z][a-z]{2} ${MONTH} (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})$`),
];

/**
 * How long a `Retry-After` header asks to wait, in milliseconds: seconds or an HTTP date (RFC 9110
 * §10.2.3). A date in the past is 0; anything else is undefined. It may be Infinity.
 * @param now epoch milliseconds
 */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  const value = header?.trim() ?? '';
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const date = httpDate(value, now);
  return date === undefined ? undefined : Math.max(0, date - now);
}

/** Epoch milliseconds; undefined where it is no date. */
function httpDate(text: string, now: number): number | undefined {
  const parts = DATES.map((form) => form.exec(text)?.groups).find((groups) => groups);
  if (!parts) return undefined;
  const { day, month = '', hour, minute, second, year = '' } = parts;
  const at = (fullYear: number): number | undefined => {
    const midnight = Date.UTC(fullYear, MONTHS.indexOf(month), Number(day));
    const isDay = new Date(midnight).getUTCDate() === Number(day);
    // A leap second is the 60th.
    const isTime = Number(hour) < 24 && Number(minute) < 60 && Number(second) <= 60;
    const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
    return isDay && isTime ? midnight + seconds * 1000 : undefined;
  };
  if (year.length === 4) return at(Number(year));
  // "MUST interpret a timestamp that appears to be more than 50 years in the future as representing the
  // most recent year in the past that had the same last two digits."
  const thisYear = new Date(now).getUTCFullYear();
  const century = thisYear - (thisYear % 100);
  const inFifty = new Date(now).setUTCFullYear(thisYear + 50);
  const candidates = [100, 0, -100].map((offset) => at(century + offset + Number(year)));
  return candidates.find((date) => date !== undefined && date <= inFifty);
}
