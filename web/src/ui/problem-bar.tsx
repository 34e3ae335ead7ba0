import { useEffect, useSyncExternalStore } from 'react';
import { problems } from './problems.ts';

const SHOWN_MS = 8_000;

/** Says what did not work, over the lower edge of the page, until it is closed or for 8 seconds. */
export const ProblemBar = () => {
  const text = useSyncExternalStore(problems.subscribe, () => problems.text);
  useEffect(() => {
    if (text === undefined) return;
    const timer = setTimeout(problems.clear, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div className="problem-place" role="alert">
      {text !== undefined && (
        <p className="problem">
          {text}
          <button type="button" className="button button-small" onClick={problems.clear}>
            Close
          </button>
        </p>
      )}
    </div>
  );
};
