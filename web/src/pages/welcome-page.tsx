import { useApp } from '../app-context.ts';
import { ChannelList } from '../thoughts/channel-list.tsx';

/** What a stranger sees: what this is, and that it is going on. */
export const WelcomePage = () => {
  const { config, login } = useApp();
  return (
    <div className="welcome">
      <section className="welcome-words" aria-labelledby="welcome-title">
        <h1 id="welcome-title">Post a thought. Your followers see it at once.</h1>
        <p>
          Short texts for everybody, and private conversations, live. People who were offline get what they missed when
          they come back: each thought once, in order, none left out.
        </p>
        <button type="button" className="button button-strong button-large" onClick={() => void login.signIn()}>
          Log in and post one
        </button>
        <p className="hint">
          For programs, too: <a href={`${config.apiUrl}/docs`}>the HTTP reference</a>
        </p>
      </section>
      <section className="welcome-list" aria-label="Posted lately">
        <h2>Being posted now</h2>
        <ChannelList channel="all" empty={<p>Be the first.</p>} />
      </section>
    </div>
  );
};
