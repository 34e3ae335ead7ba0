import { ArrivalChart } from './arrival-chart.tsx';
import { medianOf } from './arrivals.ts';
import { ConnectionHelp, ConnectionSign } from './connection.tsx';
import { useArrivals } from './use-arrivals.ts';

/** The state of the connection, and how fast thoughts arrive on it. */
export const LivePanel = () => {
  const arrivals = useArrivals();
  const median = medianOf(arrivals);
  return (
    <section className="panel" aria-labelledby="live-title">
      <header className="panel-head">
        <h2 id="live-title">Post to arrival</h2>
        <ConnectionSign />
      </header>
      <p className="figure">
        {median === undefined ? (
          <span className="figure-none">Post a thought. This is how long it takes to arrive.</span>
        ) : (
          <>
            <strong>{Math.round(median)}</strong> ms <span>median of {arrivals.length}</span>
          </>
        )}
      </p>
      <ArrivalChart arrivals={arrivals} />
      <p className="legend">
        <span className="key key-own" aria-hidden="true" /> yours <span className="key" aria-hidden="true" /> others’
      </p>
      <ConnectionHelp />
    </section>
  );
};
