import type { PageConfig } from '../policy.ts';

/** Reads where the API, the sockets and the issuer are. @throws Error when the page was served without it */
export const readConfig = async (): Promise<PageConfig> => {
  const response = await fetch('/config.json', { cache: 'no-store' });
  if (!response.ok) throw new Error(`config.json: ${response.status}`);
  return (await response.json()) as PageConfig;
};
