import './styles/index.css';
import { MutationCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { Api } from './api/api.ts';
import { App } from './app.tsx';
import { AppContext } from './app-context.ts';
import { readConfig } from './config.ts';
import { LoginSession } from './login/login.ts';
import { retries } from './retries.ts';
import { problems } from './ui/problems.ts';

const start = async (): Promise<void> => {
  const config = await readConfig();
  const login = new LoginSession(config);
  const api = new Api(config.apiUrl, () => login.current?.token, login.refresh);
  const backTo = await login.start();
  if (backTo !== undefined) history.replaceState(null, '', backTo);
  const queries = new QueryClient({
    defaultOptions: { queries: { retry: retries, staleTime: 10_000 } },
    mutationCache: new MutationCache({
      onError: (error, _variables, _result, { meta }) => meta?.showsFailure && problems.show(error),
    }),
  });
  createRoot(document.getElementById('root') as HTMLElement).render(
    <AppContext value={{ config, api, login }}>
      <QueryClientProvider client={queries}>
        <App />
      </QueryClientProvider>
    </AppContext>,
  );
};

await start();
