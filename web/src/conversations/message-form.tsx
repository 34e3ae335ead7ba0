import { type FormEvent, type KeyboardEvent, useId, useState } from 'react';
import { Icon } from '../ui/icon.tsx';

interface MessageFormProps {
  onSend: (text: string) => void;
  onType?: () => void;
}

/** Writes a message: Enter sends it, Shift and Enter make a line. */
export const MessageForm = ({ onSend, onType }: MessageFormProps) => {
  const id = useId();
  const [text, setText] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === '') return;
    onSend(text);
    setText('');
  };
  const submitByKey = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    event.currentTarget.form?.requestSubmit();
  };
  return (
    <form className="message-form" onSubmit={submit}>
      <label htmlFor={id} className="visually-hidden">
        Message
      </label>
      <textarea
        id={id}
        dir="auto"
        rows={1}
        placeholder="Message"
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          onType?.();
        }}
        onKeyDown={submitByKey}
      />
      <button type="submit" className="button button-strong" aria-label="Send" disabled={text.trim() === ''}>
        <Icon name="up" />
      </button>
    </form>
  );
};
