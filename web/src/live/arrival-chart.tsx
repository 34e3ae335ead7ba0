import { type Arrival, medianOf } from './arrivals.ts';

const WIDTH = 240;
const HEIGHT = 72;
const BARS = 40;
const STEP = WIDTH / BARS;

/** The upper end of the chart, in milliseconds: a little more than the slowest arrival. */
const scaleOf = (arrivals: readonly Arrival[]): number => 1.15 * Math.max(80, ...arrivals.map(({ ms }) => ms));

/** How long the last thoughts were under way: a bar each, the newest on the right. */
export const ArrivalChart = ({ arrivals }: { arrivals: readonly Arrival[] }) => {
  const scale = scaleOf(arrivals);
  const median = medianOf(arrivals);
  const yOf = (ms: number) => HEIGHT - Math.max(2, (ms / scale) * HEIGHT);
  const label =
    median === undefined
      ? 'No thought has arrived yet'
      : `The last ${arrivals.length} thoughts took ${Math.round(median)} milliseconds, in the middle`;
  return (
    <svg className="chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      <line className="chart-base" x1="0" x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
      {arrivals.map(({ id, ms, isOwn }, at) => (
        <rect
          key={id}
          className={isOwn ? 'chart-bar chart-own' : 'chart-bar'}
          x={WIDTH - (arrivals.length - at) * STEP + 1}
          y={yOf(ms)}
          width={STEP - 2}
          height={HEIGHT - yOf(ms)}
          rx="1.5"
        />
      ))}
      {median !== undefined && <line className="chart-median" x1="0" x2={WIDTH} y1={yOf(median)} y2={yOf(median)} />}
    </svg>
  );
};
