import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { Problem } from './problems.ts';

/** The largest body that any route takes: a text of 8 KB, every character of it escaped, and what goes with it. */
export const MAX_BODY_BYTES = 64 * 1024;

/** https://www.rfc-editor.org/rfc/rfc9110#section-8.3.1, as far as JSON's types go. */
const JSON_TYPE = /^application\/(?:json|[a-z0-9.-]+\+json)\s*(?:;\s*[\w-]+=(?:[\w-]+|"[^"\\]*")\s*)*$/i;
/** What decoders put in the place of bytes that are no UTF-8. Written as an escape, the character itself is welcome. */
const REPLACED = '\ufffd';

/**
 * Reads a body as JSON.
 * @throws Problem `unsupported_media_type`, `payload_too_large` or `invalid_json`
 */
export const parseBody = ({ headers, body, isBase64Encoded }: APIGatewayProxyEventV2): unknown => {
  if (!JSON_TYPE.test(headers['content-type'] ?? '')) throw new Problem('unsupported_media_type');
  // No body at all: the schema says what is missing.
  if (body === undefined || body === null) return undefined;
  if (Buffer.byteLength(body) > (isBase64Encoded ? 2 : 1) * MAX_BODY_BYTES) throw new Problem('payload_too_large');
  const bytes = isBase64Encoded ? Buffer.from(body, 'base64') : Buffer.from(body);
  if (bytes.length > MAX_BODY_BYTES) throw new Problem('payload_too_large');
  const text = bytes.toString();
  if (text.includes(REPLACED)) throw new Problem('invalid_json', 'The body is not UTF-8');
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem('invalid_json');
  }
};
