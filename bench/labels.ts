import { randomInt } from 'node:crypto';
import { finish, readOptions, showProgress, table } from './command.ts';
import { runModel } from './labels/model.ts';
import { PROMISED } from './labels/promises.ts';
import { modelRows, storiesOf, timeFoot, timeRows } from './labels/report.ts';
import { runTime } from './labels/time.ts';

const HELP = `npm run bench:labels: whether standing labels stay true.

Model: customers of two years, with the real receiver's jobs, two real workers and the real wake on a virtual
clock: orders, refunds, cancellations, memberships, forms; contacts that come late and are merged; events in
any order, late and twice; processes killed at any call, Wix and the store failing in every way. At quiet
moments each standing label of each contact is held against a plain function of what came in. Exits with 1
for one that is wrong, and prints the contact's story.

Time: labels that end at known times over a year, with workers killed and a schedule that stands still for up to
three days. Exits with 1 where one goes before its time, or later than it may.

  --customers 300   people
  --days 730        virtual days
  --moments 100     quiet moments that are looked at
  --labels 10000    labels that end, over a year
  --only model      one of both: model or time
  --seed N          repeat a run; default: another one each time
  --json            print one JSON object
  --help`;

const { json, only, ...options } = readOptions(
  HELP,
  {
    customers: { usual: 300, least: 1 },
    days: { usual: 730, least: 1 },
    moments: { usual: 100, least: 1 },
    labels: { usual: 10_000, least: 1 },
    seed: { usual: randomInt(2 ** 31), least: 0 },
  },
  { texts: ['only'] },
);
const { seed, labels } = options;

const model = only === 'time' ? undefined : await runModel(options, PROMISED, showProgress);
const time =
  only === 'model' ? undefined : await runTime({ seed, labels, days: 365 }, showProgress);
showProgress('');
const report = [
  `seed ${seed}`,
  ...(model ? ['', table([['model', ''], ...modelRows(model)]), ...storiesOf(model)] : []),
  ...(time ? ['', table(timeRows(time)), '', timeFoot(time)] : []),
].join('\n');
finish(json, { model, time }, report, [
  ...(model ? [{ passed: model.wrong.length === 0 }] : []),
  ...(time?.rows ?? []),
]);
