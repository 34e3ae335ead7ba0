import { useLiveState } from 'deep-thoughts-client/react';
import { useSession } from './live-context.tsx';
import { useOnline } from './use-online.ts';

interface Shown {
  tone: 'good' | 'busy' | 'bad';
  text: string;
  detail: string;
}

const REASONS = {
  signed_out: 'Your login has ended.',
  replaced: 'You have twenty newer pages open. This one has stopped.',
  refused: 'This page is too old for the server. Load it again.',
};

/** The state of the connection in words, for the panel and for the small sign. */
export const useConnection = (): Shown => {
  const { client } = useSession();
  const state = useLiveState(client);
  const isOnline = useOnline();
  if (!isOnline) return { tone: 'bad', text: 'Offline', detail: 'What you write is kept, and sent when you are back.' };
  if (state === 'live') return { tone: 'good', text: 'Live', detail: 'Thoughts come as they are posted.' };
  if (state === 'failed') return { tone: 'bad', text: 'Stopped', detail: REASONS[client.reason ?? 'refused'] };
  if (state === 'closed') return { tone: 'bad', text: 'Closed', detail: '' };
  if (state === 'waiting') return { tone: 'busy', text: 'Reconnecting', detail: 'It is tried again by itself.' };
  return { tone: 'busy', text: 'Connecting', detail: 'What came meanwhile is fetched.' };
};

/** A dot and a word. */
export const ConnectionSign = () => {
  const { tone, text } = useConnection();
  return (
    <span className={`sign sign-${tone}`} role="status">
      <span className="sign-dot" aria-hidden="true" />
      {text}
    </span>
  );
};

/** What to do about a connection that has stopped for good. */
export const ConnectionHelp = () => {
  const { client } = useSession();
  const { tone, detail } = useConnection();
  const isStopped = useLiveState(client) === 'failed';
  return (
    <>
      <p className="hint">{detail}</p>
      {tone === 'bad' && isStopped && (
        <button type="button" className="button" onClick={() => client.reconnect()}>
          Connect again
        </button>
      )}
    </>
  );
};
