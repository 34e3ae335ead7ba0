import { useEffect, useRef, useState } from 'react';
import { Icon } from '../ui/icon.tsx';
import { IMAGE_TYPES, useUpload } from './use-upload.ts';

interface ImageFieldProps {
  /** The uploaded image; none when undefined. */
  onChange: (image: string | undefined) => void;
  onBusy: (isBusy: boolean) => void;
}

/** Chooses an image and uploads it at once. It empties itself when it is given another `key`. */
export const ImageField = ({ onChange, onBusy }: ImageFieldProps) => {
  const input = useRef<HTMLInputElement>(null);
  const [preview, setPreview] = useState<string>();
  const upload = useUpload();
  useEffect(() => () => (preview === undefined ? undefined : URL.revokeObjectURL(preview)), [preview]);

  const choose = (file: File | undefined) => {
    if (!file) return;
    setPreview(URL.createObjectURL(file));
    onBusy(true);
    upload.mutate(file, { onSuccess: onChange, onError: () => setPreview(undefined), onSettled: () => onBusy(false) });
  };
  const clear = () => {
    setPreview(undefined);
    onChange(undefined);
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        className="visually-hidden"
        tabIndex={-1}
        aria-label="Image"
        accept={IMAGE_TYPES.join()}
        onChange={({ target }) => choose(target.files?.[0])}
      />
      <button type="button" className="action" onClick={() => input.current?.click()} aria-label="Add an image">
        <Icon name="image" />
      </button>
      {upload.error && <p role="alert">{upload.error.message}</p>}
      {preview && (
        <span className="preview">
          <img src={preview} alt="What will be posted" />
          <button type="button" className="button button-small" onClick={clear}>
            Remove
          </button>
        </span>
      )}
    </>
  );
};
