import { validation } from '../errors.ts';
import type { Path } from './ast.ts';
import { cached, Parser } from './parser.ts';
import { clashOf, pathText } from './paths.ts';
import type { Scope } from './scope.ts';

const parse = cached((kind, text) => {
  const parser = new Parser(kind, text);
  const paths: Path[] = [parser.path()];
  while (parser.take(',')) paths.push(parser.path());
  return parser.parsed(paths);
});

/** The paths that a ProjectionExpression names. @throws ValidationException */
export const projectionPaths = (text: string | undefined, scope: Scope): Path[] | undefined => {
  if (text === undefined) return undefined;
  const paths = scope.use('ProjectionExpression', parse('ProjectionExpression', text)).map((path) => scope.path(path));
  checkPaths('ProjectionExpression', paths);
  return paths;
};

/** No path of an expression may lie in another one. @throws ValidationException */
export const checkPaths = (kind: string, paths: Path[]): void => {
  for (const [at, one] of paths.entries()) {
    for (const two of paths.slice(at + 1)) {
      const clash = clashOf(one, two);
      if (clash.kind === 'none') continue;
      throw validation(
        `Invalid ${kind}: Two document paths ${clash.kind === 'overlap' ? 'overlap' : 'conflict'} with each other; must remove or rewrite one of these paths; path one: ${pathText(one)}, path two: ${pathText(two)}`,
      );
    }
  }
};
