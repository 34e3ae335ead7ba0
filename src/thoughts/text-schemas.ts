import * as z from 'zod/mini';
import { lineFault, normalizeText, textFault } from './text.ts';

const checked = (faultOf: (text: string) => string | undefined) =>
  z.check<string>((context) => {
    const fault = faultOf(context.value);
    if (fault) context.issues.push({ code: 'custom', input: context.value, message: fault });
  });

/** A text of several lines, as thoughts and messages have. */
export const Text = z.string().check(
  z.overwrite(normalizeText),
  checked((text) => textFault(text)),
  z.minLength(1),
  z.meta({ description: '1 to 1,000 characters as people count them, and at most 8 KB of UTF-8' }),
);

/** A text that may be empty. @param characters at most */
export const optionalText = (characters: number) =>
  z.string().check(
    z.overwrite(normalizeText),
    checked((text) => (text === '' ? undefined : textFault(text, { characters, bytes: characters * 8, lines: true }))),
    z.meta({ description: `At most ${characters} characters` }),
  );

/** A name: one line, without space around it. @param characters at most */
export const line = (characters: number) =>
  z.string().check(
    z.overwrite((text) => normalizeText(text).trim()),
    checked((text) => lineFault(text, characters)),
    z.minLength(1),
    z.meta({ description: `1 to ${characters} characters, in one line` }),
  );
