/** Where the page's data comes from. All are origins: `https://example.com`. */
export interface PageOrigins {
  api: string;
  websocket: string;
  issuer: string;
  /** Where the issuer answers token requests, when that is another origin, as Cognito's is. */
  login?: string | undefined;
  /** Where images are read from. */
  images: string;
  /** Where images are uploaded to. */
  uploads: string;
}

/**
 * The page's Content-Security-Policy: no inline script, no inline style, no frame, and data from these origins alone.
 * `blob:` shows an image before it is uploaded.
 */
export const contentPolicy = ({ api, websocket, issuer, login, images, uploads }: PageOrigins): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' blob: ${images}`,
    `connect-src ${[...new Set(["'self'", api, websocket, issuer, ...(login ? [login] : []), uploads])].join(' ')}`,
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');

/** What every file of the page is served with. */
export const pageHeaders = (origins: PageOrigins): Record<string, string> => ({
  'content-security-policy': contentPolicy(origins),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
});

/** What the page reads from `config.json` before anything else. */
export interface PageConfig {
  apiUrl: string;
  websocketUrl: string;
  /** The OIDC issuer. */
  issuer: string;
  clientId: string;
  scope: string;
}
