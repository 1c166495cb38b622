import type { FiguresMinute } from './api.ts';
import { Chart, type Series } from './chart.tsx';
import { Empty } from './parts.tsx';
import { figures } from './state.ts';
import { clockTime } from './words.ts';

const CHARTS: readonly { readonly title: string; readonly series: readonly Series[] }[] = [
  {
    title: 'Deliveries',
    series: [
      { name: 'received', key: 'received', colour: '--accent' },
      { name: 'ignored', key: 'ignored', colour: '--muted' },
      { name: 'refused', key: 'refused', colour: '--bad' },
    ],
  },
  {
    title: 'Jobs',
    series: [
      { name: 'labelled', key: 'labelled', colour: '--good' },
      { name: 'retries', key: 'retries', colour: '--wait' },
      { name: 'dead letters', key: 'deadLetters', colour: '--bad' },
    ],
  },
  {
    title: 'Calls to Wix',
    series: [
      { name: 'calls', key: 'wixCalls', colour: '--accent' },
      { name: 'failures', key: 'wixFailures', colour: '--bad' },
    ],
  },
  {
    title: 'Queue',
    series: [
      { name: 'queued', key: 'queued', colour: '--accent' },
      { name: 'waiting', key: 'waiting', colour: '--wait' },
    ],
  },
];

export function Figures() {
  const minutes = figures.value;
  return (
    <section class="side" aria-labelledby="figures-title">
      <div class="head">
        <h2 id="figures-title" tabIndex={-1}>
          Figures
        </h2>
        <span class="muted">by the minute, as the deployed dashboard has them</span>
      </div>
      {minutes.length === 0 ? (
        <Empty>Nothing has happened yet.</Empty>
      ) : (
        <>
          <div class="charts">
            {CHARTS.map(({ title, series }) => (
              <Chart key={title} title={title} series={series} minutes={minutes} />
            ))}
          </div>
          <details>
            <summary>The last ten minutes as a table</summary>
            <Table minutes={minutes.slice(-10).toReversed()} />
          </details>
        </>
      )}
    </section>
  );
}

function Table({ minutes }: { readonly minutes: readonly FiguresMinute[] }) {
  const series = CHARTS.flatMap((chart) => chart.series);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section class="scroll" tabIndex={0} aria-label="Figures as a table">
      <table class="figures">
        <thead>
          <tr>
            <th scope="col">Minute</th>
            {series.map(({ name, key }) => (
              <th scope="col" key={key}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {minutes.map((one) => (
            <tr key={one.minute}>
              <th scope="row">{clockTime(one.minute).slice(0, 5)}</th>
              {series.map(({ key }) => (
                <td key={key}>{one[key]}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
