import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Link } from 'wouter';
import { ApiError } from '../api/api.ts';
import { useApp } from '../app-context.ts';
import { Profile } from '../people/profile.tsx';
import { ChannelList } from '../thoughts/channel-list.tsx';
import { Failure, Loading, Notice } from '../ui/notice.tsx';

export const PersonPage = ({ username }: { username: string }) => {
  const { api } = useApp();
  const {
    data: user,
    error,
    refetch,
  } = useQuery({
    queryKey: ['person', username],
    queryFn: () => api.call('GET /users/{username}', { params: { username } }),
  });
  useEffect(() => {
    document.title = `${username} · Deep Thoughts`;
  }, [username]);
  if (error instanceof ApiError && [400, 404].includes(error.status)) {
    return (
      <Notice title={`Nobody is called ${username}`}>
        <Link href="/everything">See who is posting</Link>
      </Notice>
    );
  }
  if (error && !user) return <Failure error={error} retry={() => void refetch()} />;
  if (!user) return <Loading />;
  return (
    <>
      <Profile user={user} />
      <ChannelList channel={`author:${username}`} empty={<p>{username} has posted nothing.</p>} />
    </>
  );
};
