/** What documents the API. Nothing else imports it, and it is loaded when a document is first asked for. */
export { asyncApi } from '../protocol/asyncapi.ts';
export { docsPage, docsPolicy } from './docs-page/page.ts';
export { openApi } from './openapi.ts';
