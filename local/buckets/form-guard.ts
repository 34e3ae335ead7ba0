import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { type Credentials, checkForm, type FormOutcome, type UploadForm } from './form-policy.ts';

/** As much of a Koa context as is used here. s3rver reads the body of a form from `req`. */
export interface UploadContext {
  method: string;
  path: string;
  req: IncomingMessage | Readable;
  headers: IncomingMessage['headers'];
  status: number;
  body: unknown;
  type: string;
  set(name: string, value: string): void;
}

export type Middleware = (context: UploadContext, next: () => Promise<unknown>) => Promise<unknown>;

const MALFORMED: FormOutcome = {
  kind: 'refused',
  status: 400,
  code: 'MalformedPOSTRequest',
  message: 'The body of your POST request is not well-formed multipart/form-data',
};

/** A type's case has no meaning: https://www.rfc-editor.org/rfc/rfc9110#section-8.3.1 */
const FORM = /^multipart\/form-data/i;

/** A middleware that enforces the policies of forms, because s3rver ignores them. Other requests pass. */
export const formGuard =
  (credentials: Credentials, now: () => number): Middleware =>
  async (context, next) => {
    const contentType = context.headers['content-type'] ?? '';
    if (context.method !== 'POST' || !FORM.test(contentType)) return next();
    const chunks: Buffer[] = [];
    for await (const chunk of context.req) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const form = await readForm(context.path, contentType, body);
    const outcome = form ? checkForm(form, credentials, now()) : MALFORMED;
    if (outcome.kind === 'allowed') {
      context.req = Readable.from([body]);
      return next();
    }
    context.status = outcome.status;
    // The buckets' own CORS rules are applied behind this.
    context.set('access-control-allow-origin', '*');
    context.type = 'application/xml';
    context.body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${outcome.code}</Code><Message>${escapeXml(outcome.message)}</Message></Error>`;
  };

const readForm = async (path: string, contentType: string, body: Buffer): Promise<UploadForm | undefined> => {
  const fields = new Map<string, string>();
  const parts = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } })
    .formData()
    .catch(() => undefined);
  for (const [name, value] of parts ?? []) {
    // S3 ignores what comes after the file.
    if (name === 'file') {
      const fileBytes = typeof value === 'string' ? Buffer.byteLength(value) : value.size;
      return { bucket: path.split('/')[1] ?? '', fields, fileBytes };
    }
    if (typeof value === 'string') fields.set(name.toLowerCase(), value);
  }
  return undefined;
};

const escapeXml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
