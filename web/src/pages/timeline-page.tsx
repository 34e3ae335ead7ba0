import { Link } from 'wouter';
import { ChannelList } from '../thoughts/channel-list.tsx';
import { PageHead } from './page.tsx';

export const TimelinePage = () => (
  <>
    <PageHead title="Timeline" />
    <ChannelList
      channel="timeline"
      empty={
        <p>
          The thoughts of those whom you follow arrive here. <Link href="/everything">See who is posting</Link>, or post
          the first one.
        </p>
      }
    />
  </>
);
