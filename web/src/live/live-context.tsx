import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { useApp } from '../app-context.ts';
import { LiveSession } from './live-session.ts';

const LiveContext = createContext<LiveSession | undefined>(undefined);

/** The live session; none while nobody is logged in. */
export const useLive = (): LiveSession | undefined => useContext(LiveContext);

/** The live session, for components that only a logged-in person sees. */
export const useSession = (): LiveSession => {
  const session = useLive();
  if (!session) throw new Error('This is shown to nobody who is not logged in');
  return session;
};

/** Keeps a live session for one person, for as long as the person is the same. */
export const LiveProvider = ({ username, children }: { username: string; children: ReactNode }) => {
  const { api, config } = useApp();
  const [session, setSession] = useState<LiveSession>();
  useEffect(() => {
    const opened = new LiveSession(api, config.websocketUrl, username);
    setSession(opened);
    return () => opened.close();
  }, [api, config, username]);
  return session && <LiveContext value={session}>{children}</LiveContext>;
};
