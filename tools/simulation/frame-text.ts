interface Frame {
  type?: string;
  events?: { type: string; author: string; seq: number; thoughtId?: string }[];
}

/** What a pushed frame carries, as a person reads it. */
export const frameText = (frame: string): string => {
  if (!frame.startsWith('{')) return 'with no event';
  const { type, events = [] } = JSON.parse(frame) as Frame;
  if (events.length === 0) return `of type ${type}`;
  return events
    .map((event) => `${event.type} ${event.thoughtId ?? ''} of ${event.author}, number ${event.seq}`)
    .join('; ');
};

interface Body {
  id?: string;
  items?: unknown[];
  code?: string;
}

/** What an answer carries, as a person reads it; empty when there is nothing to tell. */
export const answerText = (body: string): string => {
  if (!body.startsWith('{')) return '';
  const { id, items, code } = JSON.parse(body) as Body;
  if (code) return ` (${code})`;
  if (items) return ` (${items.length === 1 ? '1 item' : `${items.length} items`})`;
  return id ? ` (${id})` : '';
};
