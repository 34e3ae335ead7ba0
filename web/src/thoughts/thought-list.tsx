import type { ListView } from 'deep-thoughts-client/store';
import { type ReactNode, useEffect, useRef } from 'react';
import { Icon } from '../ui/icon.tsx';
import { Loading, Notice } from '../ui/notice.tsx';
import { useHeldTop } from './held-top.ts';
import { ThoughtCard } from './thought-card.tsx';

/** The end of a list: when it comes into view, the next page is read. */
const More = ({ more }: { more: () => void }) => {
  const ref = useRef<HTMLButtonElement>(null);
  const latest = useRef(more);
  latest.current = more;
  useEffect(() => {
    if (!ref.current) return;
    const watcher = new IntersectionObserver(([entry]) => entry?.isIntersecting && latest.current(), {
      rootMargin: '600px',
    });
    watcher.observe(ref.current);
    return () => watcher.disconnect();
  }, []);
  return (
    <button ref={ref} type="button" className="button more" onClick={more}>
      Older thoughts
    </button>
  );
};

/** How many new thoughts wait above. */
const NewPill = ({ count, onShow }: { count: number; onShow: () => void }) => (
  <button type="button" className="pill" onClick={onShow}>
    <Icon name="up" size={16} /> {count} new
  </button>
);

interface ThoughtListProps {
  view: ListView;
  more: () => void;
  readAnew: () => void;
  /** What stands on top: what one has just written. */
  children?: ReactNode;
  /** What is said when there is nothing. */
  empty: ReactNode;
}

/** A list of thoughts, newest first. What is new comes in at the top, or waits there while one reads further down. */
export const ThoughtList = ({ view, more, readAnew, children, empty }: ThoughtListProps) => {
  const { thoughts, state, hasMore } = view;
  const { shown, held, showHeld } = useHeldTop(thoughts);
  const show = () => {
    showHeld();
    scrollTo({ top: 0 });
  };
  return (
    <div className="thoughts">
      <div className="pill-place" aria-live="polite">
        {held.length > 0 && <NewPill count={held.length} onShow={show} />}
      </div>
      {state === 'stale' && (
        <div className="gap" role="alert">
          <p>Something is missing here: it could not be read when it was missed.</p>
          <button type="button" className="button button-small" onClick={readAnew}>
            Read it now
          </button>
        </div>
      )}
      {children}
      {shown.length === 0 && state === 'reading' && <Loading />}
      {shown.length === 0 && state === 'current' && <Notice title="Nothing here yet">{empty}</Notice>}
      {shown.map((thought) => (
        <ThoughtCard key={thought.id} thought={thought} />
      ))}
      {hasMore && <More key={shown.at(-1)?.id} more={more} />}
    </div>
  );
};
