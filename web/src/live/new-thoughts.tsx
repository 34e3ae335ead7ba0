import type { ThoughtEvent } from 'deep-thoughts-client';
import { useEffect, useState } from 'react';
import { useSession } from './live-context.tsx';

/** Announcements are gathered for this time, so that a screen reader does not talk without end on a busy timeline. */
const GATHER_MS = 3_000;

/** Tells people who use a screen reader that thoughts have come. */
export const NewThoughts = () => {
  const { client, username } = useSession();
  const [text, setText] = useState('');
  useEffect(() => {
    let authors: string[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const say = () => {
      timer = undefined;
      setText(authors.length === 1 ? `A new thought of ${authors[0]}` : `${authors.length} new thoughts`);
      authors = [];
    };
    const take = ({ type, author }: ThoughtEvent) => {
      if (type !== 'thought.created' || author === username) return;
      authors.push(author);
      timer ??= setTimeout(say, GATHER_MS);
    };
    client.on('event', take);
    return () => {
      client.off('event', take);
      clearTimeout(timer);
    };
  }, [client, username]);
  return (
    <p className="visually-hidden" aria-live="polite">
      {text}
    </p>
  );
};
