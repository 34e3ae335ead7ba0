import { type ReactNode, useEffect } from 'react';
import { Link } from 'wouter';
import { Icon } from '../ui/icon.tsx';

interface PageHeadProps {
  title: string;
  /** The page above this one. */
  back?: { to: string; label: string };
  children?: ReactNode;
}

/** A page's heading, and its name in the browser. */
export const PageHead = ({ title, back, children }: PageHeadProps) => {
  useEffect(() => {
    document.title = `${title} · Deep Thoughts`;
  }, [title]);
  return (
    <header className="page-head">
      {back && (
        <Link className="back" href={back.to} aria-label={back.label} title={back.label}>
          <Icon name="back" />
        </Link>
      )}
      <h1 dir="auto">{title}</h1>
      {children}
    </header>
  );
};
