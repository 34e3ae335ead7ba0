import { createHash } from 'node:crypto';

const STYLE = `
  :root { color-scheme: light dark; --ink: #17201c; --paper: #faf9f6; --line: #d8d5cc; --accent: #0b6b50; --on-accent: #fff; }
  @media (prefers-color-scheme: dark) { :root { --ink: #ecebe6; --paper: #121614; --line: #343b37; --accent: #5fd3ab; --on-accent: #06251b; } }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
  form { width: min(20rem, 100vw - 3rem); display: grid; gap: 1rem; }
  h1 { font: 600 1.75rem/1.2 Georgia, serif; margin: 0; }
  p { margin: 0; opacity: .75; }
  label { font-weight: 600; display: grid; gap: .375rem; }
  input, button { font: inherit; padding: .625rem .875rem; border-radius: .5rem; border: 1px solid var(--line); background: transparent; color: inherit; }
  button { background: var(--accent); color: var(--on-accent); border-color: transparent; font-weight: 600; cursor: pointer; }
  :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
`;

const hash = createHash('sha256').update(STYLE).digest('base64');

/** No script, and no style but this one. Without `form-action`: the answer to the form redirects to the app. */
export const LOGIN_POLICY = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; frame-ancestors 'none'`;

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

/**
 * The page on which one logs in at the laptop's issuer, by a name and nothing else.
 * @param query of the authorization request; it goes on to the authorization endpoint as it came, with the name
 */
export const loginPage = (query: URLSearchParams): string => {
  const hidden = [...query].map(
    ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Who are you? · Deep Thoughts</title>
<style>${STYLE}</style>
<form action="/authorize">
  <h1>Who are you?</h1>
  <p>This is your laptop: any name will do, and there is no password.</p>
  ${hidden.join('\n  ')}
  <label>Name
    <input name="username" required autofocus minlength="2" maxlength="30" pattern="[a-z0-9_]+" autocapitalize="none" autocomplete="username" spellcheck="false" placeholder="alice" title="2 to 30 of a to z, 0 to 9 and _">
  </label>
  <button>Log in</button>
</form>
`;
};
