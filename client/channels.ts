/** These channels have every change of the authors they bring; on the others numbers are missing by rights. */
export const isComplete = (channel: string): boolean =>
  channel === 'timeline' || channel === 'all' || channel.startsWith('author:');

/** These bring authors nobody follows, so a change of an older thought may have been missed. */
export const isLoose = (channel: string): boolean => channel === 'all' || channel.startsWith('topic:');

/** The author that a channel is about, if it is about one. */
export const authorOf = (channel: string): string[] => {
  const name = /^author:(.*)$/.exec(channel)?.[1];
  return name === undefined ? [] : [name];
};
