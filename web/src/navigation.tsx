import { Link, useLocation } from 'wouter';
import { useApp } from './app-context.ts';
import { useLive } from './live/live-context.tsx';
import { Icon, type IconName } from './ui/icon.tsx';
import { personPath } from './ui/person-link.tsx';

const NavLink = ({ href, icon, children }: { href: string; icon: IconName; children: string }) => {
  const [location] = useLocation();
  return (
    <Link href={href} aria-current={location === href ? 'page' : undefined}>
      <Icon name={icon} size={22} />
      <span>{children}</span>
    </Link>
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
        <NavLink href={personPath(session.username)} icon="person">
          You
        </NavLink>
      )}
      <button type="button" onClick={() => void (session ? login.signOut() : login.signIn())}>
        <Icon name="out" size={22} />
        <span>{session ? 'Log out' : 'Log in'}</span>
      </button>
    </nav>
  );
};
