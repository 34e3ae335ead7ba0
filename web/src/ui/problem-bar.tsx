import { useEffect, useSyncExternalStore } from 'react';
import { problems } from './problems.ts';

const SHOWN_MS = 8_000;

/** Shows a failure at the lower edge of the page for 8 seconds, or until it is closed. */
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
