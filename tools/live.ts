import { Command } from 'commander';
import type { LiveItem, MessageEvent, ThoughtEvent } from '../client/index.ts';
import { Api, runningStack } from './support/api.ts';

interface LiveOptions {
  channel: string[];
  since?: string;
  json?: boolean;
  state?: string;
}

const line = ({ at, author, type, thought, thoughtId }: ThoughtEvent): string => {
  const time = at.slice(11, 23);
  if (!thought) return `${time}  ${author} deleted ${thoughtId}`;
  return `${time}  ${author}${type === 'thought.updated' ? ' (edited)' : ''}: ${thought.text}`;
};

const messageLine = ({ at, author, type, message, conversationId, place }: MessageEvent): string => {
  const where = `${at.slice(11, 23)}  ${conversationId} #${place}`;
  if (!message) return `${where} ${author} deleted it`;
  return `${where} ${author}${type === 'message.updated' ? ' (edited)' : ''}: ${message.text}`;
};

const lineOf = (item: LiveItem): string => {
  if (item.type === 'gap') return `[gap: ${item.channel ?? item.author ?? 'everything'}]`;
  if (item.type === 'relation') {
    return `[${item.author} is ${item.follows ? (item.muted ? 'muted' : 'followed') : 'not followed any more'}]`;
  }
  if (item.type === 'conversation.changed')
    return `[conversation ${item.conversation.id}: ${item.conversation.members.join(', ')}]`;
  if (item.type === 'conversation.read')
    return `[conversation ${item.conversationId}: ${item.username} has read #${item.upTo}]`;
  if (item.type === 'conversation.typing') return `[conversation ${item.conversationId}: ${item.username} types]`;
  return 'messageId' in item ? messageLine(item) : line(item);
};

const live = async (username: string, { channel, since, json, state }: LiveOptions): Promise<void> => {
  const api = await Api.login(runningStack(state), username);
  const note = (text: string) => process.stderr.write(`${text}\n`);
  const client = api.listen({
    channels: channel,
    ...(since !== undefined && { since }),
    onState: (now) => note(`[${now}]`),
    onError: ({ code, message }) => note(`[${code}: ${message}]`),
  });
  process.on('SIGINT', () => client.close());
  for await (const item of client) process.stdout.write(`${json ? JSON.stringify(item) : lineOf(item)}\n`);
};

new Command('live')
  .description("Prints a user's events as they come")
  .argument('<username>', 'who listens')
  .option('--channel <name...>', 'listen to this too: all, author:<name>, topic:<topic>', [])
  .option('--since <event>', 'first what came after this event or thought')
  .option('--json', 'one JSON object a line')
  .option('--state <file>', 'the stack to use')
  .action(live)
  .parseAsync();
