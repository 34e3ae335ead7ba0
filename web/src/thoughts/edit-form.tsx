import type { Thought } from '../api/types.ts';
import { EditText } from '../ui/edit-text.tsx';
import { countCharacters, MAX_CHARACTERS } from './text.ts';
import { useEdit } from './use-changes.ts';

const isFit = (text: string): boolean => countCharacters(text) <= MAX_CHARACTERS;

/** Changes a thought where it stands. */
export const EditForm = ({ thought, onDone }: { thought: Thought; onDone: () => void }) => {
  const edit = useEdit(thought);
  const save = (text: string) => edit.mutate(text, { onSuccess: onDone });
  return (
    <EditText
      label="Edit the thought"
      text={thought.text}
      isFit={isFit}
      saving={edit}
      onSave={save}
      onCancel={onDone}
    />
  );
};
