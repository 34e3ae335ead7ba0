import * as z from 'zod/mini';

/** The most things that one call asks about. */
export const MAX_MANY = 50;

/** Several values in one query parameter, with commas between them: `alice,bob`. Each once, and at most 50. */
export const many = (item: z.ZodMiniType<string, string>, description: string) =>
  z.pipe(
    z.string().check(z.meta({ description: `${description}; up to ${MAX_MANY}, with commas between them` })),
    z.pipe(
      z.transform((text: string) => [...new Set(text.split(','))]),
      z.array(item).check(z.maxLength(MAX_MANY, `must be at most ${MAX_MANY}`)),
    ),
  );
