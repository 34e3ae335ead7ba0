import type { ConversationNews } from 'deep-thoughts-client';
import { useEffect, useState } from 'react';
import { useSession } from '../live/live-context.tsx';

/** The news that somebody types comes every 3 seconds. After this time without it, the person has stopped. */
const STOPPED_MS = 5_000;

/** Who is typing in a conversation now. */
export const useTyping = (id: string): string[] => {
  const { client, username } = useSession();
  const [names, setNames] = useState<string[]>([]);
  useEffect(() => {
    const timers = new Map<string, ReturnType<typeof setTimeout>>();
    const stop = (name: string) => setNames((all) => all.filter((one) => one !== name));
    const take = (news: ConversationNews) => {
      if (news.type !== 'conversation.typing' || news.conversationId !== id || news.username === username) return;
      const name = news.username;
      clearTimeout(timers.get(name));
      timers.set(
        name,
        setTimeout(() => stop(name), STOPPED_MS),
      );
      setNames((all) => (all.includes(name) ? all : [...all, name]));
    };
    // A person whose message has come is not typing it any more.
    const said = ({ conversationId, author }: { conversationId: string; author: string }) =>
      conversationId === id && stop(author);
    client.on('conversation', take).on('message', said);
    return () => {
      client.off('conversation', take).off('message', said);
      for (const timer of timers.values()) clearTimeout(timer);
      setNames([]);
    };
  }, [client, id, username]);
  return names;
};
