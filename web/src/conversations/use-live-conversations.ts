import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import type { ConversationNews, Gap, MessageEvent } from 'deep-thoughts-client';
import { useEffect } from 'react';
import type { ConversationDetails } from '../api/types.ts';
import { useSession } from '../live/live-context.tsx';
import { detailsKey, type Messages, messagesKey, withMessage, withoutMessage } from './use-conversation.ts';
import { inboxKey } from './use-inbox.ts';

const takeMessage = (queries: QueryClient, event: MessageEvent): void => {
  const key = messagesKey(event.conversationId);
  queries.setQueryData<Messages>(key, (shown) => {
    if (!shown) return shown;
    return event.type === 'message.deleted' ? withoutMessage(shown, event.place) : withMessage(shown, event.message);
  });
  // An answer that is under way may be older than this event.
  if (queries.isFetching({ queryKey: key }) > 0) void queries.invalidateQueries({ queryKey: key });
};

const takeNews = (queries: QueryClient, news: ConversationNews): void => {
  if (news.type === 'conversation.changed') {
    void queries.invalidateQueries({ queryKey: detailsKey(news.conversation.id) });
    return;
  }
  if (news.type !== 'conversation.read') return;
  queries.setQueryData<ConversationDetails>(detailsKey(news.conversationId), (shown) => {
    if (!shown) return shown;
    const others = shown.readMarks.filter(({ username }) => username !== news.username);
    return { ...shown, readMarks: [...others, { username: news.username, readUpTo: news.upTo }] };
  });
};

/** Keeps messages, read marks, members and the inbox up to date by what comes live. */
export const useLiveConversations = (): void => {
  const { client, username } = useSession();
  const queries = useQueryClient();
  useEffect(() => {
    const readInbox = () => void queries.invalidateQueries({ queryKey: inboxKey(username) });
    const onMessage = (event: MessageEvent) => {
      takeMessage(queries, event);
      readInbox();
    };
    const onNews = (news: ConversationNews) => {
      takeNews(queries, news);
      if (news.type !== 'conversation.typing') readInbox();
    };
    const onGap = ({ channel }: Gap) => {
      if (channel !== undefined && !channel.startsWith('conversation:')) return;
      const id = channel?.slice('conversation:'.length);
      void queries.invalidateQueries({ queryKey: id === undefined ? ['messages'] : messagesKey(id) });
      readInbox();
    };
    client.on('message', onMessage).on('conversation', onNews).on('gap', onGap);
    return () => void client.off('message', onMessage).off('conversation', onNews).off('gap', onGap);
  }, [client, username, queries]);
};
