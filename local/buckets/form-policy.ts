import { createHmac } from 'node:crypto';
import * as z from 'zod';

/** The fields of a form that come before its file; names in lower case. */
export interface UploadForm {
  bucket: string;
  fields: Map<string, string>;
  fileBytes: number;
}

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
}

/** `code` is S3's name of the error: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList */
export type FormOutcome = { kind: 'allowed' } | { kind: 'refused'; status: 400 | 403; code: string; message: string };

const Condition = z.union([
  z.tuple([z.literal('content-length-range'), z.number(), z.number()]),
  z.tuple([z.enum(['eq', 'starts-with']), z.string().startsWith('$'), z.string()]),
  z.record(z.string(), z.string()).refine((fields) => Object.keys(fields).length === 1),
]);
type Condition = z.infer<typeof Condition>;
const Policy = z.strictObject({ expiration: z.iso.datetime(), conditions: z.array(Condition) });

/** Fields that need no condition. */
const FREE = /^(?:x-amz-signature|file|policy|x-ignore-.*)$/;

const refused = (status: 400 | 403, code: string, message: string): FormOutcome => ({
  kind: 'refused',
  status,
  code,
  message,
});
const denied = (message: string) => refused(403, 'AccessDenied', message);

/**
 * Whether a form may be uploaded: its policy is signed, has not expired, names each field, and holds.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 * @param now milliseconds since 1970
 */
export const checkForm = (form: UploadForm, credentials: Credentials, now: number): FormOutcome => {
  const encoded = form.fields.get('policy');
  if (encoded === undefined) return denied('Access Denied');
  if (!isSigned(encoded, form.fields, credentials)) {
    return refused(403, 'SignatureDoesNotMatch', 'The signature of the policy is not of its key and its text');
  }
  const policy = Policy.safeParse(jsonOf(Buffer.from(encoded, 'base64').toString()));
  if (!policy.success) return refused(400, 'InvalidPolicyDocument', 'Invalid Policy: Invalid JSON.');
  const { expiration, conditions } = policy.data;
  if (Date.parse(expiration) <= now) return denied('Invalid according to Policy: Policy expired.');
  const failed = conditions.find((condition) => !holds(condition, form));
  if (failed) return denied(`Invalid according to Policy: Policy Condition failed: ${JSON.stringify(failed)}`);
  const named = new Set(conditions.flatMap(namesOf));
  const extra = [...form.fields.keys()].filter((name) => !FREE.test(name) && !named.has(name));
  if (extra.length > 0) return denied(`Invalid according to Policy: Extra input fields: ${extra.join(',')}`);
  return checkSize(conditions, form.fileBytes);
};

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html: the signed text is the policy in base64. */
const isSigned = (
  policy: string,
  fields: Map<string, string>,
  { accessKeyId, secretAccessKey }: Credentials,
): boolean => {
  const [keyId, ...scope] = (fields.get('x-amz-credential') ?? '').split('/');
  const key = scope.reduce<Buffer | string>((signed, part) => hmac(signed, part), `AWS4${secretAccessKey}`);
  return keyId === accessKeyId && fields.get('x-amz-signature') === hmac(key, policy).toString('hex');
};
const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The fields that a condition names: `["eq", "$key", "a"]` and `{"key": "a"}` name `key`. */
const namesOf = (condition: Condition): string[] => {
  if (!Array.isArray(condition)) return Object.keys(condition).map((name) => name.toLowerCase());
  return condition[0] === 'content-length-range' ? [] : [condition[1].slice(1).toLowerCase()];
};

const holds = (condition: Condition, { bucket, fields }: UploadForm): boolean => {
  const valueAt = (name: string) => (name === 'bucket' ? bucket : fields.get(name));
  const [name = ''] = namesOf(condition);
  if (!Array.isArray(condition)) return Object.values(condition).every((value) => valueAt(name) === value);
  const [operator, , operand] = condition;
  if (operator === 'eq') return valueAt(name) === operand;
  if (operator === 'content-length-range') return true;
  // A list of content types must begin so in each of its parts.
  const parts = name === 'content-type' ? valueAt(name)?.split(',') : [valueAt(name)];
  return parts?.every((part) => part?.trim().startsWith(operand)) ?? false;
};

const checkSize = (conditions: Condition[], bytes: number): FormOutcome => {
  for (const condition of conditions) {
    if (!Array.isArray(condition) || condition[0] !== 'content-length-range') continue;
    const [, least, most] = condition;
    if (bytes < least)
      return refused(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
    if (bytes > most) return refused(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size');
  }
  return { kind: 'allowed' };
};
