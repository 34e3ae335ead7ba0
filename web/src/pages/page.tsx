import { type ReactNode, useEffect } from 'react';

/** A page's heading, and its name in the browser. */
export const PageHead = ({ title, children }: { title: string; children?: ReactNode }) => {
  useEffect(() => {
    document.title = `${title} · Deep Thoughts`;
  }, [title]);
  return (
    <header className="page-head">
      <h1 dir="auto">{title}</h1>
      {children}
    </header>
  );
};
