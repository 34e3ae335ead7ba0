import { Link, useLocation } from 'wouter';
import { useApp } from './app-context.ts';
import { useUnread } from './conversations/use-inbox.ts';
import { useLive } from './live/live-context.tsx';
import { Icon, type IconName } from './ui/icon.tsx';
import { personPath } from './ui/person-link.tsx';

interface NavLinkProps {
  href: string;
  icon: IconName;
  /** How many things wait there. */
  count?: number;
  children: string;
}

const NavLink = ({ href, icon, count = 0, children }: NavLinkProps) => {
  const [location] = useLocation();
  return (
    <Link href={href} aria-current={location === href ? 'page' : undefined}>
      <Icon name={icon} size={22} />
      <span>{children}</span>
      {count > 0 && (
        <span className="unread">
          {count}
          <span className="visually-hidden"> unread</span>
        </span>
      )}
    </Link>
  );
};

const ConversationsLink = () => {
  const unread = useUnread();
  return (
    <NavLink href="/conversations" icon="letters" count={unread}>
      Conversations
    </NavLink>
  );
};

/** Where one can go. */
export const Navigation = () => {
  const { login } = useApp();
  const session = useLive();
  return (
    <nav className="nav" aria-label="Pages">
      <NavLink href="/" icon="home">
        {session ? 'Timeline' : 'Start'}
      </NavLink>
      <NavLink href="/everything" icon="globe">
        Everything
      </NavLink>
      {session && (
        <>
          <ConversationsLink />
          <NavLink href={personPath(session.username)} icon="person">
            You
          </NavLink>
        </>
      )}
      <button type="button" onClick={() => void (session ? login.signOut() : login.signIn())}>
        <Icon name="out" size={22} />
        <span>{session ? 'Log out' : 'Log in'}</span>
      </button>
    </nav>
  );
};
