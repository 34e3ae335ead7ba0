import { ChannelList } from '../thoughts/channel-list.tsx';
import { normalizeTopic } from '../thoughts/text.ts';
import { PageHead } from './page.tsx';

export const TopicPage = ({ topic }: { topic: string }) => {
  const name = normalizeTopic(topic);
  return (
    <>
      <PageHead title={`#${name}`} />
      <ChannelList channel={`topic:${name}`} empty={<p>Nobody has posted on this topic.</p>} />
    </>
  );
};
