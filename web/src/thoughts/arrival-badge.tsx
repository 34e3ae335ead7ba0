import { useArrivals } from '../live/use-arrivals.ts';

/** How long this thought was under way, when it came live. */
export const ArrivalBadge = ({ id }: { id: string }) => {
  const arrival = useArrivals().find((one) => one.id === id);
  if (!arrival) return null;
  return (
    <span
      className="badge"
      title={arrival.isOwn ? 'From your click to this page' : 'From the server’s clock to this page'}
    >
      {Math.round(arrival.ms)} ms
    </span>
  );
};
