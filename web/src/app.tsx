import { Link, useLocation } from 'wouter';
import { useLogin } from './app-context.ts';
import { useLiveConversations } from './conversations/use-live-conversations.ts';
import { ConnectionSign } from './live/connection.tsx';
import { LiveProvider, useLive } from './live/live-context.tsx';
import { LivePanel } from './live/live-panel.tsx';
import { NewThoughts } from './live/new-thoughts.tsx';
import { Navigation } from './navigation.tsx';
import { Account } from './people/account.tsx';
import { useRelationsFromElsewhere } from './people/relations.ts';
import { WhoIsHere } from './people/who-is-here.tsx';
import { Routes } from './routes.tsx';
import { useScrollToTop } from './scroll.ts';
import { Composer } from './thoughts/composer.tsx';
import { Brand } from './ui/brand.tsx';
import { ProblemBar } from './ui/problem-bar.tsx';

const TopBar = () => {
  const session = useLive();
  return (
    <header className="top">
      <Link className="brand" href="/">
        <Brand />
      </Link>
      {session && <ConnectionSign />}
    </header>
  );
};

/** What stands beside the page for somebody who is logged in. */
const Aside = () => {
  useRelationsFromElsewhere();
  useLiveConversations();
  return (
    <aside className="aside" aria-label="Live">
      <LivePanel />
      <WhoIsHere />
    </aside>
  );
};

const Shell = () => {
  const session = useLive();
  const [location] = useLocation();
  useScrollToTop();
  const kinds = ['shell', !session && 'shell-open', location === '/' && 'shell-home'].filter(Boolean).join(' ');
  return (
    <div className={kinds}>
      <a className="skip" href="#main">
        To the content
      </a>
      <TopBar />
      <div className="side">
        <Navigation />
        {session && (
          <section className="side-compose" aria-label="Post a thought">
            <Composer label="What are you thinking?" />
          </section>
        )}
      </div>
      <main id="main" className="main">
        <Routes />
      </main>
      {session && <Aside />}
      {session && <NewThoughts />}
      <ProblemBar />
    </div>
  );
};

export const App = () => {
  const login = useLogin();
  if (!login) return <Shell />;
  return (
    <Account key={login.sub} login={login}>
      {(username) => (
        <LiveProvider key={username} username={username}>
          <Shell />
        </LiveProvider>
      )}
    </Account>
  );
};
