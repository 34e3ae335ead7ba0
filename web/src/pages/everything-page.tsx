import { ChannelList } from '../thoughts/channel-list.tsx';
import { PageHead } from './page.tsx';

export const EverythingPage = () => (
  <>
    <PageHead title="Everything" />
    <ChannelList channel="all" empty={<p>Nobody has posted anything.</p>} />
  </>
);
