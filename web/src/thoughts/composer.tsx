import { type FormEvent, type KeyboardEvent, useId, useState } from 'react';
import type { Thought } from '../api/types.ts';
import { useSession } from '../live/live-context.tsx';
import { ImageField } from './image-field.tsx';
import { countCharacters, MAX_CHARACTERS } from './text.ts';

/** From here on it says how many characters are left. */
const NEAR_THE_END = 200;

const Left = ({ count }: { count: number }) => {
  const left = MAX_CHARACTERS - count;
  if (left > NEAR_THE_END) return null;
  return (
    <span className={left < 0 ? 'left left-none' : 'left'} role="status">
      {left < 0 ? `${-left} too many` : `${left} left`}
    </span>
  );
};

/** Writes a thought, or a reply. What is posted leaves at once: the outbox sees to the rest. */
export const Composer = ({ inReplyTo, label }: { inReplyTo?: Thought; label: string }) => {
  const { thoughts } = useSession();
  const id = useId();
  const [text, setText] = useState('');
  const [image, setImage] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const [posted, setPosted] = useState(0);
  const count = countCharacters(text);
  const isFit = text.trim() !== '' && count <= MAX_CHARACTERS && !isBusy;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isFit) return;
    thoughts.add({
      text,
      ...(image !== undefined && { image }),
      ...(inReplyTo && { inReplyTo: { author: inReplyTo.author, id: inReplyTo.id } }),
    });
    setText('');
    setImage(undefined);
    setPosted(posted + 1);
    if (!inReplyTo) scrollTo({ top: 0 });
  };
  const submitByKey = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) event.currentTarget.form?.requestSubmit();
  };
  return (
    <form className="composer" onSubmit={submit}>
      <label htmlFor={id} className="visually-hidden">
        {label}
      </label>
      <textarea
        id={id}
        dir="auto"
        rows={3}
        placeholder={label}
        value={text}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={submitByKey}
      />
      <div className="row">
        <ImageField key={posted} onChange={setImage} onBusy={setBusy} />
        <Left count={count} />
        <button type="submit" className="button button-strong" disabled={!isFit}>
          {inReplyTo ? 'Reply' : 'Post'}
        </button>
      </div>
    </form>
  );
};
