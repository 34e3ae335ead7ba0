import { createContext, useContext, useSyncExternalStore } from 'react';
import type { PageConfig } from '../policy.ts';
import type { Api } from './api/api.ts';
import type { Login, LoginSession } from './login/login.ts';

/** Objects that the whole page shares. They are made once. */
export interface App {
  config: PageConfig;
  api: Api;
  login: LoginSession;
}

export const AppContext = createContext<App | undefined>(undefined);

export const useApp = (): App => {
  const app = useContext(AppContext);
  if (!app) throw new Error('This is shown outside of the app');
  return app;
};

/** Who is logged in; nobody when undefined. */
export const useLogin = (): Login | undefined => {
  const { login } = useApp();
  return useSyncExternalStore(login.subscribe, () => login.current);
};
