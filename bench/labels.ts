import { randomInt } from 'node:crypto';
import { finish, readOptions, showProgress, table } from './command.ts';
import { runModel } from './labels/model.ts';
import { PROMISED } from './labels/promises.ts';
import { modelRows, storiesOf } from './labels/report.ts';

const HELP = `npm run bench:labels: whether standing labels stay true.

Model: customers of two years, with the real receiver's jobs, two real workers and the real wake on a virtual
clock: orders, refunds, cancellations, memberships, forms; contacts that come late and are merged; events in
any order, late and twice; processes killed at any call, Wix and the store failing in every way. At quiet
moments each standing label of each contact is held against a plain function of what came in. Exits with 1
for one that is wrong, and prints the contact's story.

  --customers 300   people
  --days 730        virtual days
  --moments 100     quiet moments that are looked at
  --seed N          repeat a run; default: another one each time
  --json            print one JSON object
  --help`;

const { json, ...options } = readOptions(HELP, {
  customers: { usual: 300, least: 1 },
  days: { usual: 730, least: 1 },
  moments: { usual: 100, least: 1 },
  seed: { usual: randomInt(2 ** 31), least: 0 },
});

const model = await runModel(options, PROMISED, showProgress);
showProgress('');
const report = [
  `seed ${options.seed}`,
  '',
  table([['model', ''], ...modelRows(model)]),
  ...storiesOf(model),
].join('\n');
finish(json, { model }, report, [{ passed: model.wrong.length === 0 }]);
