import type { Condition, Operand } from './ast.ts';
import type { Scope } from './scope.ts';

/** The attributes that a condition names. */
export const pathNames = (condition: Condition, scope: Scope): Set<string> => {
  const names = new Set<string>();
  const operand = (part: Operand): void => {
    if (part.kind === 'path') names.add(String(scope.path(part.path)[0]));
    if (part.kind === 'call') part.operands.forEach(operand);
  };
  const visit = (part: Condition): void => {
    if (part.kind === 'and' || part.kind === 'or') [part.left, part.right].forEach(visit);
    else if (part.kind === 'not') visit(part.condition);
    else if (part.kind === 'compare') [part.left, part.right].forEach(operand);
    else if (part.kind === 'between') [part.operand, part.low, part.high].forEach(operand);
    else if (part.kind === 'in') [part.operand, ...part.list].forEach(operand);
    else part.operands.forEach(operand);
  };
  visit(condition);
  return names;
};
