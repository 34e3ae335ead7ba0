import type { Audience } from '../keys/keys.ts';
import type { Thought } from '../thoughts/thought.ts';

/**
 * Who is to hear of a change: the author's followers, and the channels of the author, of each topic, and of all.
 * @param topicsBefore those of the version before, whose listeners hear that a thought has left them
 */
export const audiencesOf = (thought: Thought, topicsBefore: string[] = []): Audience[] => {
  const topics = new Set([...thought.topics, ...topicsBefore]);
  const channels = [`author:${thought.author}`, ...[...topics].map((topic) => `topic:${topic}`), 'all'];
  const followers: Audience[] = thought.erased ? [] : [{ kind: 'followers', author: thought.author }];
  return [...followers, ...channels.map((channel): Audience => ({ kind: 'channel', channel }))];
};
