import { useQuery } from '@tanstack/react-query';
import { useApp } from '../app-context.ts';
import { useSession } from '../live/live-context.tsx';
import { PersonRow } from '../ui/person-link.tsx';
import { FollowButton } from './follow-button.tsx';

const SHOWN = 6;
/** Each look takes 12.5 read units, for every open window, and counts as 20 of the entries that its address may read. */
const REFRESH_MS = 5 * 60_000;

/** Who has posted lately, to follow. */
export const WhoIsHere = () => {
  const { api } = useApp();
  const { username } = useSession();
  const { data: authors = [] } = useQuery({
    queryKey: ['lately'],
    queryFn: async () => {
      const { items } = await api.call('GET /thoughts', { query: { limit: 20 } });
      return [...new Set(items.map(({ author }) => author))];
    },
    staleTime: REFRESH_MS,
    refetchInterval: REFRESH_MS,
  });
  const others = authors.filter((author) => author !== username).slice(0, SHOWN);
  if (others.length === 0) return null;
  return (
    <section className="panel" aria-labelledby="here-title">
      <h2 id="here-title">Posting lately</h2>
      <ul className="people">
        {others.map((author) => (
          <PersonRow key={author} username={author}>
            <FollowButton username={author} />
          </PersonRow>
        ))}
      </ul>
    </section>
  );
};
