/** The reference's style sheet, with the colours and fonts of the web page (web/src/styles/tokens.css). */
export const STYLE = `
  :root {
    color-scheme: light dark;
    --serif: "Iowan Old Style", Charter, "Palatino Linotype", Palatino, "Noto Serif", Georgia, serif;
    --mono: ui-monospace, "SF Mono", Menlo, Consolas, monospace;
    --paper: light-dark(#f6f4ee, #0e1312); --surface: light-dark(#fffefa, #161d1b); --line: light-dark(#dfdbcf, #28322e);
    --ink: light-dark(#18211d, #e8ebe6); --quiet: light-dark(#56615b, #9ba8a1); --accent: light-dark(#0b5f4a, #67d5b1);
    --busy: light-dark(#7a4f00, #f0b45a); --bad: light-dark(#a83420, #ff9c86);
  }
  * { box-sizing: border-box; margin: 0; }
  body { background: var(--paper); color: var(--ink); font: 0.9375rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
  a { color: var(--accent); text-decoration: none; } a:hover, .quiet a { text-decoration: underline; }
  :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
  .shell { display: grid; grid-template-columns: 15rem minmax(0, 48rem); justify-content: center; gap: 2.5rem; padding: 0 1.5rem; }
  .side { position: sticky; top: 0; align-self: start; display: grid; gap: 1.5rem; max-height: 100vh; padding: 1.5rem 0.25rem; overflow-y: auto; }
  .brand { font: 600 1.4375rem/1 var(--serif); }
  input { width: 100%; padding: 0.5rem 0.75rem; border: 1px solid var(--line); border-radius: 10rem; background: var(--surface); color: inherit; font: inherit; }
  input::placeholder { color: var(--quiet); opacity: 1; }
  nav { display: grid; gap: 0.25rem; } nav a { color: var(--quiet); padding: 0.25rem 0; text-transform: capitalize; } nav a:hover { color: var(--ink); }
  .quiet { color: var(--quiet); font-size: 0.8125rem; }
  main { padding: 1.5rem 0 4rem; } h1 { font: 600 2.25rem/1.2 var(--serif); margin-bottom: 0.75rem; }
  h2 { margin: 2.5rem 0 0.75rem; font: 600 1.4375rem/1.3 var(--serif); text-transform: capitalize; }
  h3 { margin: 1.25rem 0 0.5rem; font-size: 0.8125rem; color: var(--quiet); }
  details { margin-top: 0.5rem; border: 1px solid var(--line); border-radius: 0.75rem; background: var(--surface); }
  summary { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.25rem 0.75rem; padding: 0.75rem 1rem; cursor: pointer; list-style: none; }
  summary::-webkit-details-marker { display: none; }
  summary .what { flex-basis: 100%; color: var(--quiet); font-size: 0.8125rem; }
  summary .lock { margin-inline-start: auto; }
  .inside { padding: 0 1rem 1rem; border-top: 1px solid var(--line); }
  .method { min-width: 4rem; font: 600 0.75rem/1.5 var(--mono); }
  .GET { color: var(--accent); } .POST, .PUT, .PATCH { color: var(--busy); } .DELETE { color: var(--bad); }
  code, pre { font: 0.8125rem/1.5 var(--mono); overflow-wrap: anywhere; }
  pre { padding: 0.75rem 1rem; border-radius: 0.5rem; background: var(--paper); overflow-x: auto; white-space: pre-wrap; } pre + pre { margin-top: 0.5rem; }
  table { width: 100%; border-collapse: collapse; } td { padding: 0.375rem 0.75rem 0.375rem 0; border-top: 1px solid var(--line); vertical-align: top; }
  tr:first-child td { border-top: 0; } td:first-child { white-space: nowrap; }
  [hidden] { display: none; }
  @media (width < 52rem) {
    .shell { display: block; padding: 0 1rem; } .side { position: static; padding-bottom: 0; } nav { display: none; } main { padding-top: 1.5rem; }
    h1 { font-size: 1.75rem; }
  }
`;
