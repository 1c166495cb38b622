import { expect, test } from '@jest/globals';
import { readOrders } from '../../../cli/commands/backfill/read-orders.ts';
import { openTable } from '../../../cli/commands/backfill/rows.ts';
import { csvFile } from '../../support/csv-file.ts';

async function table(content: string | Uint8Array) {
  const { delimiter, columns, rows } = await openTable(await csvFile(content));
  return { delimiter, columns, rows: await Array.fromAsync(rows) };
}

test.each([
  [',', 'a,b\n1,2\n'],
  [';', 'a;b\r\n1;2\r\n'],
  ['\t', 'a\tb\n1\t2'],
  [',', '\uFEFFa,b\n1,2\n'],
  [',', '"a","b;x;y"\n1,2\n'],
  [';', '"a,b,c";"d"\n1;2\n'],
])('apart by %j', async (delimiter, content) => {
  const read = await table(content);

  expect(read.delimiter).toBe(delimiter);
  expect(read.columns).toHaveLength(2);
  expect(read.columns[0]).toMatch(/^a/);
  expect(read.rows).toEqual([{ line: 2, cells: ['1', '2'] }]);
});

test('quotes hold delimiters, quotes and line ends; the line is where a row begins', async () => {
  const { rows } = await table('a,b\n"x, ""y""\nz",1\n\nlast,2\n');

  expect(rows).toEqual([
    { line: 2, cells: ['x, "y"\nz', '1'] },
    { line: 4, cells: ['last', '2'] },
  ]);
});

test('a quote that never closes ends it, and says where', async () => {
  const reading = table('a,b\n1,2\n"3,4\n5,6\n');

  await expect(reading).rejects.toThrow(/orders\.csv:3: this is no CSV from here on/);
});

test('an empty file and one that is not there have errors of their own', async () => {
  await expect(table('')).rejects.toThrow('is empty');
  await expect(openTable('/nonexistent/orders.csv')).rejects.toThrow('cannot be read');
});

test('a row that is not UTF-8, or has too few columns, is left out with its line', async () => {
  const header = 'mail,paid,product\n';
  const latin = Buffer.from('ada@example.com,2026-03-01,Caf\u00e9\n', 'latin1');
  const rest = 'bo@example.com,2026-03-01\ncy@example.com,2026-03-01,Mug\n';
  const file = await csvFile(Buffer.concat([Buffer.from(header), latin, Buffer.from(rest)]));

  const read = await readOrders(file, { map: ['email=mail', 'paidAt=paid', 'itemTitle=product'] });

  expect(read.orders.map(([event]) => event?.contact.email)).toEqual(['cy@example.com']);
  expect(read.unread.map(({ line, reason }) => [line, reason])).toEqual([
    [2, expect.stringContaining('not UTF-8')],
    [3, expect.stringContaining('2 columns')],
  ]);
});
