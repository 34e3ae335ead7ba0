import { createHash } from 'node:crypto';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

/** The API reference as an HTML page. It reads `openapi.json` from the same folder, and loads nothing from other hosts. */
export const docsPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Deep Thoughts: reference</title>
<style>${STYLE}</style>
<div class="shell">
  <div class="side">
    <p class="brand">Deep Thoughts</p>
    <input type="search" placeholder="Search" aria-label="Search the operations">
    <nav aria-label="Groups"></nav>
    <p class="quiet">The same as <a href="openapi.json">OpenAPI</a>; the live protocol as <a href="asyncapi.json">AsyncAPI</a>.</p>
  </div>
  <main>
    <h1>The HTTP reference</h1>
    <p>Send and get JSON. An operation marked “login” needs an access token: <code>authorization: Bearer …</code>. An error is answered as a
    problem with a stable <code>code</code>. A list has at most 100 items a page, and <code>next</code>, the cursor of the next page.</p>
    <div id="operations"><p class="quiet">Loading…</p></div>
    <p id="none" class="quiet" hidden>No operation has these words.</p>
  </main>
</div>
<script type="module">${SCRIPT}</script>
`;

/** The SHA-256 source of a Content-Security-Policy that allows exactly this inline text. */
const digestOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The page's policy: its own inline script and style, requests to its own origin, and no frame around it. */
export const docsPolicy = [
  "default-src 'none'",
  `script-src ${digestOf(SCRIPT)}`,
  `style-src ${digestOf(STYLE)}`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
