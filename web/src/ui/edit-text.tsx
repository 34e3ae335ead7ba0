import { type FormEvent, useState } from 'react';

interface EditTextProps {
  label: string;
  text: string;
  isFit?: (text: string) => boolean;
  /** Of what happens on saving. */
  saving: { error: Error | null; isPending: boolean };
  onSave: (text: string) => void;
  onCancel: () => void;
}

/** A form in a text's place that changes it. Escape ends it. */
export const EditText = ({ label, text: before, isFit = () => true, saving, onSave, onCancel }: EditTextProps) => {
  const [text, setText] = useState(before);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSave(text);
  };
  return (
    <form className="edit" onSubmit={submit}>
      <textarea
        // biome-ignore lint/a11y/noAutofocus: the person has just asked to write here
        autoFocus
        aria-label={label}
        dir="auto"
        value={text}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={({ key }) => key === 'Escape' && onCancel()}
      />
      {saving.error && <p role="alert">{saving.error.message}</p>}
      <div className="row">
        <button
          type="submit"
          className="button button-small button-strong"
          disabled={text.trim() === '' || !isFit(text) || saving.isPending}
        >
          Save
        </button>
        <button type="button" className="button button-small" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </form>
  );
};
