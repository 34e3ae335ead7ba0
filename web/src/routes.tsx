import { Link, Route, Switch } from 'wouter';
import { useApp } from './app-context.ts';
import { useLive } from './live/live-context.tsx';
import { ConversationPage } from './pages/conversation-page.tsx';
import { ConversationsPage } from './pages/conversations-page.tsx';
import { EverythingPage } from './pages/everything-page.tsx';
import { NewConversationPage } from './pages/new-conversation-page.tsx';
import { PeoplePage } from './pages/people-page.tsx';
import { PersonPage } from './pages/person-page.tsx';
import { ThreadPage } from './pages/thread-page.tsx';
import { TimelinePage } from './pages/timeline-page.tsx';
import { TopicPage } from './pages/topic-page.tsx';
import { WelcomePage } from './pages/welcome-page.tsx';
import { Notice } from './ui/notice.tsx';

const Missing = () => (
  <Notice title="There is no such page">
    <Link href="/">To the start</Link>
  </Notice>
);

const LoginNeeded = () => {
  const { login } = useApp();
  return (
    <Notice title="Conversations are private">
      <p>Log in to read those that you are in.</p>
      <button type="button" className="button button-strong" onClick={() => void login.signIn()}>
        Log in and go on
      </button>
    </Notice>
  );
};

/** Which page stands at which address. */
export const Routes = () => {
  const isLoggedIn = useLive() !== undefined;
  return (
    <Switch>
      <Route path="/">{isLoggedIn ? <TimelinePage /> : <WelcomePage />}</Route>
      <Route path="/everything">
        <EverythingPage />
      </Route>
      <Route path="/topics/:topic">{({ topic }) => <TopicPage topic={topic} />}</Route>
      <Route path="/people/:username">{({ username }) => <PersonPage username={username} />}</Route>
      <Route path="/people/:username/followers">
        {({ username }) => <PeoplePage username={username} list="followers" />}
      </Route>
      <Route path="/people/:username/following">
        {({ username }) => <PeoplePage username={username} list="following" />}
      </Route>
      <Route path="/people/:username/thoughts/:id">
        {({ username, id }) => <ThreadPage key={id} author={username} id={id} />}
      </Route>
      {isLoggedIn && (
        <>
          <Route path="/conversations">
            <ConversationsPage />
          </Route>
          <Route path="/conversations/new">
            <NewConversationPage />
          </Route>
          <Route path="/conversations/:id">{({ id }) => <ConversationPage key={id} id={id} />}</Route>
        </>
      )}
      {!isLoggedIn && (
        <Route path="/conversations/*?">
          <LoginNeeded />
        </Route>
      )}
      <Route>
        <Missing />
      </Route>
    </Switch>
  );
};
