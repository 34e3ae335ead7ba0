import { useInfiniteQuery } from '@tanstack/react-query';
import { useApp } from '../app-context.ts';
import { useLive } from '../live/live-context.tsx';
import { FollowButton } from '../people/follow-button.tsx';
import { Loading, Notice } from '../ui/notice.tsx';
import { PersonRow } from '../ui/person-link.tsx';
import { PageHead } from './page.tsx';

/** Who follows a person, or whom they follow. */
export const PeoplePage = ({ username, list }: { username: string; list: 'followers' | 'following' }) => {
  const { api } = useApp();
  const session = useLive();
  const people = useInfiniteQuery({
    queryKey: ['people', username, list],
    queryFn: ({ pageParam }) =>
      api.call(`GET /users/{username}/${list}`, {
        params: { username },
        query: { limit: 50, ...(pageParam !== undefined && { cursor: pageParam }) },
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
  });
  const names = people.data?.pages.flatMap(({ items }) => items.map((item) => item.username));
  return (
    <>
      <PageHead title={list === 'followers' ? `Who follows ${username}` : `Whom ${username} follows`} />
      {people.isPending && <Loading />}
      {names?.length === 0 && <Notice title="Nobody yet" />}
      <ul className="people people-wide">
        {names?.map((name) => (
          <PersonRow key={name} username={name}>
            {session && <FollowButton username={name} />}
          </PersonRow>
        ))}
      </ul>
      {people.hasNextPage && (
        <button type="button" className="button more" onClick={() => people.fetchNextPage()}>
          More
        </button>
      )}
    </>
  );
};
