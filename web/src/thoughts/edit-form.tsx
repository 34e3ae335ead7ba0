import { type FormEvent, useState } from 'react';
import type { Thought } from '../api/types.ts';
import { countCharacters, MAX_CHARACTERS } from './text.ts';
import { useEdit } from './use-changes.ts';

/** Changes a thought where it stands. */
export const EditForm = ({ thought, onDone }: { thought: Thought; onDone: () => void }) => {
  const [text, setText] = useState(thought.text);
  const edit = useEdit(thought);
  const isFit = text.trim() !== '' && countCharacters(text) <= MAX_CHARACTERS;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    edit.mutate(text, { onSuccess: onDone });
  };
  return (
    <form className="edit" onSubmit={submit}>
      <textarea
        // biome-ignore lint/a11y/noAutofocus: the person has just asked to write here
        autoFocus
        aria-label="Edit the thought"
        dir="auto"
        value={text}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={({ key }) => key === 'Escape' && onDone()}
      />
      {edit.error && <p role="alert">{edit.error.message}</p>}
      <div className="row">
        <button type="submit" className="button button-strong" disabled={!isFit || edit.isPending}>
          Save
        </button>
        <button type="button" className="button" onClick={onDone}>
          Cancel
        </button>
      </div>
    </form>
  );
};
