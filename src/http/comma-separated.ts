import * as z from 'zod/mini';

/** Several values in one query parameter, separated by commas: `alice,bob`. Repeated values are dropped. @param most the largest number of values */
export const commaSeparated = (item: z.ZodMiniType<string, string>, description: string, most: number) =>
  z.pipe(
    z.string().check(z.meta({ description: `${description}; up to ${most}, with commas between them` })),
    z.pipe(
      z.transform((text: string) => [...new Set(text.split(','))]),
      z.array(item).check(z.maxLength(most, `must be at most ${most}`)),
    ),
  );
