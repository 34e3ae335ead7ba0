import { useState } from 'react';
import type { Thought } from '../api/types.ts';
import { Icon } from '../ui/icon.tsx';
import { REACTIONS, type ReactionKind } from './reaction-kinds.ts';
import { useOwnReaction } from './reactions.ts';

/** One's reaction to a thought: a button that opens into five. */
export const ReactButton = ({ thought }: { thought: Thought }) => {
  const { kind, react } = useOwnReaction(thought);
  const [isOpen, setOpen] = useState(false);
  const choose = (chosen: ReactionKind) => {
    react(chosen);
    setOpen(false);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it hears that the focus has left its buttons
    <div
      className="react"
      onBlur={({ currentTarget, relatedTarget }) => setOpen(isOpen && currentTarget.contains(relatedTarget))}
    >
      <button type="button" className="action" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {kind ? <span className="react-own">{REACTIONS[kind]}</span> : <Icon name="smile" size={18} />}
        {kind ? `You: ${kind}` : 'React'}
      </button>
      {isOpen && (
        <div className="react-choice">
          {(Object.keys(REACTIONS) as ReactionKind[]).map((one) => (
            <button key={one} type="button" aria-pressed={kind === one} aria-label={one} onClick={() => choose(one)}>
              {REACTIONS[one]}
            </button>
          ))}
        </div>
      )}
    </div>
  );
};
