import { getAttribute, setAttribute } from '../intake.ts';
import type { Attributes, AttributeValue } from '../types.ts';
import type { Path } from './ast.ts';

/** What stands at a path of an item. */
export const valueAt = (item: Attributes, path: Path): AttributeValue | undefined => {
  let value = getAttribute(item, String(path[0]));
  for (let at = 1; value && at < path.length; at++) value = childOf(value, path[at] ?? '');
  return value;
};

const childOf = (value: AttributeValue, part: string | number): AttributeValue | undefined =>
  typeof part === 'number' ? value.L?.[part] : value.M && getAttribute(value.M, part);

/** A path as error messages write it. */
export const pathText = (path: Path): string =>
  `[${path.map((part) => (typeof part === 'number' ? `[${part}]` : part)).join(', ')}]`;

export type PathClash = { kind: 'none' } | { kind: 'overlap' } | { kind: 'conflict' };

/** Whether one path lies in the other (or is it), or both want different things, a list and a map, in one place. */
export const clashOf = (a: Path, b: Path): PathClash => {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    if (a[at] === b[at]) continue;
    return typeof a[at] === typeof b[at] ? { kind: 'none' } : { kind: 'conflict' };
  }
  return { kind: 'overlap' };
};

/**
 * The parts of an item at some paths, in their places; what is left of a list moves together.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ProjectionExpressions.html
 */
export const project = (item: Attributes, paths: Path[]): Attributes => {
  const projected: Attributes = {};
  const byName = new Map<string, Path[]>();
  for (const [name, ...rest] of paths) {
    const list = byName.get(String(name)) ?? [];
    list.push(rest);
    byName.set(String(name), list);
  }
  for (const [name, rests] of byName) {
    const value = getAttribute(item, name);
    const part = value && projectValue(value, rests);
    if (part) setAttribute(projected, name, part);
  }
  return projected;
};

const projectValue = (value: AttributeValue, paths: Path[]): AttributeValue | undefined => {
  if (paths.some((path) => path.length === 0)) return value;
  if (value.M) {
    const part = project(
      value.M,
      paths.filter(([first]) => typeof first === 'string'),
    );
    return Object.keys(part).length > 0 ? { M: part } : undefined;
  }
  if (!value.L) return undefined;
  const places = [...new Set(paths.flatMap(([first]) => (typeof first === 'number' ? [first] : [])))].sort(
    (a, b) => a - b,
  );
  const elements = places.flatMap((place) => {
    const element = value.L?.[place];
    const rests = paths.filter(([first]) => first === place).map(([, ...rest]) => rest);
    const part = element && projectValue(element, rests);
    return part ? [part] : [];
  });
  return elements.length > 0 ? { L: elements } : undefined;
};
