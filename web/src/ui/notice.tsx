import type { ReactNode } from 'react';

/** Words in the place of content: nothing is there, it is being read, or it could not be. */
export const Notice = ({ title, children }: { title: string; children?: ReactNode }) => (
  <div className="notice">
    <p className="notice-title">{title}</p>
    {children}
  </div>
);

/** What went wrong with a read, and a way to try again. */
export const Failure = ({ error, retry }: { error: Error; retry: () => void }) => (
  <Notice title="That did not work">
    <p role="alert">{error instanceof TypeError ? 'The server cannot be reached.' : error.message}</p>
    <button type="button" className="button" onClick={retry}>
      Try again
    </button>
  </Notice>
);

export const Loading = () => (
  <div className="loading" role="status">
    <span className="visually-hidden">Loading</span>
    <i />
    <i />
    <i />
  </div>
);
