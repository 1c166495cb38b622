import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { FiguresMinute } from './api.ts';
import { many } from './words.ts';

export interface Series {
  readonly name: string;
  readonly key: Exclude<keyof FiguresMinute, 'minute'>;
  /** The name of a colour of the styles. */
  readonly colour: string;
}

export interface ChartProps {
  readonly title: string;
  readonly series: readonly Series[];
  readonly minutes: readonly FiguresMinute[];
}

const HEIGHT = 130;
const MINUTE = 60_000;
const LEAST_MINUTES = 15;
const DARK = matchMedia('(prefers-color-scheme: dark)');

/** A small chart of some counters by the minute, with their sums in words. */
export function Chart({ title, series, minutes }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | undefined>(undefined);
  const data = dataOf(series, minutes);
  const latest = useRef(data);
  latest.current = data;

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const draw = (): void => {
      chart.current?.destroy();
      chart.current = new uPlot(optionsOf(series, element.clientWidth), latest.current, element);
    };
    draw();
    const size = new ResizeObserver(() =>
      chart.current?.setSize({ width: element.clientWidth, height: HEIGHT }),
    );
    size.observe(element);
    DARK.addEventListener('change', draw);
    return () => {
      size.disconnect();
      DARK.removeEventListener('change', draw);
      chart.current?.destroy();
    };
  }, [series]);
  useEffect(() => chart.current?.setData(latest.current), [minutes]);

  const sums = series.map(({ name, key, colour }) => ({
    name,
    colour,
    sum: shownOf(key, minutes),
  }));
  return (
    <figure>
      <figcaption>
        <h3>{title}</h3>
        <ul class="legend">
          {sums.map(({ name, colour, sum }) => (
            <li key={name}>
              <i style={{ background: `var(${colour})` }} aria-hidden="true" />
              {name} <b>{sum.toLocaleString('en-US')}</b>
            </li>
          ))}
        </ul>
      </figcaption>
      <div
        ref={place}
        class="plot"
        role="img"
        aria-label={`${title} in ${many(minutes.length, 'minute')}: ${sums.map(({ name, sum }) => `${sum} ${name}`).join(', ')}`}
      />
    </figure>
  );
}

/** The sum of what is counted, and of a level where it stands. */
function shownOf(key: Series['key'], minutes: readonly FiguresMinute[]): number {
  if (key === 'waiting') return minutes.at(-1)?.waiting ?? 0;
  return minutes.reduce((sum, one) => sum + one[key], 0);
}

/** A gap is a minute in which nothing happened. */
function dataOf(series: readonly Series[], minutes: readonly FiguresMinute[]): uPlot.AlignedData {
  const last = minutes.at(-1)?.minute ?? 0;
  const first = Math.max(minutes[0]?.minute ?? 0, last - 119 * MINUTE);
  const count = Math.max((last - first) / MINUTE + 1, LEAST_MINUTES);
  const byMinute = new Map(minutes.map((one) => [one.minute, one]));
  const times = Array.from({ length: count }, (_, i) => last - (count - 1 - i) * MINUTE);
  return [
    times.map((time) => time / 1_000),
    ...series.map(({ key }) => times.map((time) => byMinute.get(time)?.[key] ?? 0)),
  ];
}

function optionsOf(series: readonly Series[], width: number): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--muted'),
    font: `11px ${colour('--font') || 'sans-serif'}`,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_, _min, max) => [0, Math.max(max, 4)] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        values: (_, times) => times.map(hourAndMinute),
        space: 60,
        size: 28,
      },
      {
        ...axis,
        size: 34,
        space: 28,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000],
      },
    ],
    series: [
      {},
      ...series.map(({ name, colour: of }) => ({
        label: name,
        stroke: colour(of),
        width: 1.75,
        points: { show: false },
      })),
    ],
  };
}

const hourAndMinute = (seconds: number): string => {
  const date = new Date(seconds * 1_000);
  return `${date.getHours()}:${String(date.getMinutes()).padStart(2, '0')}`;
};
