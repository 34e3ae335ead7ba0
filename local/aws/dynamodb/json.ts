import { setAttribute } from './intake.ts';
import type { Attributes, AttributeValue } from './types.ts';

/** Attributes as they are in a request and in an answer: JSON, with bytes in base64. */
export const attributesJson = (attributes: Attributes): string =>
  JSON.stringify(hasBytes(attributes) ? withTexts(attributes) : attributes);

const hasBytes = (attributes: Attributes): boolean => {
  for (const name in attributes) if (isBinary(attributes[name] as AttributeValue)) return true;
  return false;
};

const isBinary = (value: AttributeValue): boolean => {
  if (value.M !== undefined) return hasBytes(value.M);
  if (value.L !== undefined) return value.L.some(isBinary);
  return value.B !== undefined || value.BS !== undefined;
};

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');

const withTexts = (attributes: Attributes): Attributes => {
  const texts: Attributes = {};
  for (const name in attributes) setAttribute(texts, name, withText(attributes[name] as AttributeValue) as never);
  return texts;
};

const withText = (value: AttributeValue): object => {
  if (value.B !== undefined) return { B: base64(value.B) };
  if (value.BS !== undefined) return { BS: value.BS.map(base64) };
  if (value.M !== undefined) return { M: withTexts(value.M) };
  if (value.L !== undefined) return { L: value.L.map(withText) };
  return value;
};

/**
 * An answer as JSON: bytes in base64, dates as seconds since 1970.
 * @param answer is not changed: it may hold stored items, which the engine shares with its readers
 */
export const answerJson = (answer: object): string => JSON.stringify(asText(answer));

/** The same value where it has neither bytes nor dates, so that most answers are not copied. */
const asText = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return base64(value);
  if (value instanceof Date) return value.getTime() / 1_000;
  const parts = value as Record<string, unknown>;
  let copy: Record<string, unknown> | undefined;
  for (const name in parts) {
    const text = asText(parts[name]);
    if (text === parts[name]) continue;
    copy ??= (Array.isArray(value) ? [...value] : { ...parts }) as Record<string, unknown>;
    // An attribute may be called `__proto__`: it is an own one, and assigning to it is no assignment.
    setAttribute(copy as Attributes, name, text as never);
  }
  return copy ?? value;
};
