import { validation } from '../errors.ts';
import { getAttribute, setAttribute } from '../intake.ts';
import { addNumbers } from '../numbers.ts';
import type { Attributes, AttributeValue } from '../types.ts';
import { bytesText, typeOf } from '../values.ts';
import type { Action, Operand, Path, Term } from './ast.ts';
import { valueAt } from './paths.ts';
import { checkPaths } from './projection.ts';
import type { Scope } from './scope.ts';
import { checkUpdate } from './update-check.ts';
import { parseUpdate } from './update-parser.ts';

export interface Update {
  /** The paths that it writes. */
  paths: Path[];
  /** The item after it; the given one stays as it is. @throws ValidationException */
  apply(item: Attributes): Attributes;
}

type Step = { path: Path; value: AttributeValue | undefined };

const INVALID_PATH = 'The document path provided in the update expression is invalid for update';
const WRONG_TYPE = 'An operand in the update expression has an incorrect data type';
const NO_ATTRIBUTE = 'The provided expression refers to an attribute that does not exist in the item';

/** @throws ValidationException */
export const updateOf = (text: string, scope: Scope): Update => {
  const actions = scope.use('UpdateExpression', parseUpdate('UpdateExpression', text));
  const paths = actions.map(({ path }) => scope.path(path));
  if (paths.length > 1) checkPaths('UpdateExpression', paths);
  checkUpdate(actions, scope);
  return { paths, apply: (item) => applyAll(actions, item, scope) };
};

/** All values are those of the item before. Values are put first, and list elements go last, so that places stay true. */
const applyAll = (actions: Action[], item: Attributes, scope: Scope): Attributes => {
  const steps = actions.map((action): Step => ({ path: scope.path(action.path), value: result(action, item, scope) }));
  const next = { ...item };
  const owned = new Set<object>([next]);
  const puts = steps.filter(({ value }) => value !== undefined);
  for (const { path, value } of inListOrder(puts, 1)) write(next, path, value, owned);
  const removals = steps.filter(({ value }) => value === undefined);
  for (const { path } of inListOrder(removals, -1)) {
    write(next, path, undefined, owned, valueAt(item, path) !== undefined);
  }
  return next;
};

/** Elements of one list rising, so that those beyond its end are appended in their order, or falling for removals. */
const inListOrder = (steps: Step[], direction: 1 | -1): Step[] => {
  if (steps.length < 2) return steps;
  const place = ({ path }: Step) => {
    const last = path.at(-1);
    return typeof last === 'number' ? last : -1;
  };
  return steps.toSorted((a, b) => (place(a) - place(b)) * direction);
};

/** The new value at an action's path; undefined: it goes. */
const result = (action: Action, item: Attributes, scope: Scope): AttributeValue | undefined => {
  if (action.kind === 'SET') return termValue(action.term, item, scope);
  if (action.kind === 'REMOVE') return undefined;
  const old = valueAt(item, scope.path(action.path));
  const value = scope.value(action.value);
  if (action.kind === 'DELETE') return old && without(old, value);
  if (!old) return value;
  if (typeOf(old) !== typeOf(value)) throw validation(WRONG_TYPE);
  if (old.N !== undefined && value.N !== undefined) return { N: addNumbers(old.N, value.N) };
  if (old.SS) return { SS: [...new Set([...old.SS, ...(value.SS ?? [])])] };
  if (old.NS) return { NS: [...new Set([...old.NS, ...(value.NS ?? [])])] };
  return {
    BS: [...new Map([...(old.BS ?? []), ...(value.BS ?? [])].map((bytes) => [bytesText(bytes), bytes])).values()],
  };
};

/** A set without the elements of another; nothing when none is left. */
const without = (old: AttributeValue, value: AttributeValue): AttributeValue | undefined => {
  if (typeOf(old) !== typeOf(value)) throw validation(WRONG_TYPE);
  const left = <T>(from: T[], away: T[], text: (element: T) => string): T[] => {
    const gone = new Set(away.map(text));
    return from.filter((element) => !gone.has(text(element)));
  };
  if (old.SS) return nonEmpty('SS', left(old.SS, value.SS ?? [], String));
  if (old.NS) return nonEmpty('NS', left(old.NS, value.NS ?? [], String));
  return nonEmpty('BS', left(old.BS ?? [], value.BS ?? [], bytesText));
};
const nonEmpty = (type: 'SS' | 'NS' | 'BS', elements: unknown[]): AttributeValue | undefined =>
  elements.length > 0 ? ({ [type]: elements } as unknown as AttributeValue) : undefined;

const termValue = (term: Term, item: Attributes, scope: Scope): AttributeValue => {
  if (term.kind !== 'sum') return operandValue(term, item, scope);
  const [a, b] = [operandValue(term.left, item, scope), operandValue(term.right, item, scope)];
  if (a.N === undefined || b.N === undefined) throw validation(WRONG_TYPE);
  return { N: addNumbers(a.N, b.N, term.sign) };
};

const operandValue = (operand: Operand, item: Attributes, scope: Scope): AttributeValue => {
  if (operand.kind === 'value') return scope.value(operand.name);
  if (operand.kind === 'path') {
    const value = valueAt(item, scope.path(operand.path));
    if (!value) throw validation(NO_ATTRIBUTE);
    return value;
  }
  const [first, second] = operand.operands as [Operand, Operand];
  if (operand.name === 'if_not_exists') {
    const value = first.kind === 'path' ? valueAt(item, scope.path(first.path)) : undefined;
    return value ?? operandValue(second, item, scope);
  }
  const [a, b] = [operandValue(first, item, scope), operandValue(second, item, scope)];
  if (!a.L || !b.L) throw validation(WRONG_TYPE);
  return { L: [...a.L, ...b.L] };
};

/**
 * Writes or removes what is at a path. Maps and lists on the way are copied once, so that the old item stays.
 * @param wasThere an element that this update put where there was none is not removed by it
 */
const write = (
  item: Attributes,
  path: Path,
  value: AttributeValue | undefined,
  owned: Set<object>,
  wasThere = true,
): void => {
  let holder: AttributeValue = { M: item };
  for (const part of path.slice(0, -1)) {
    const child: AttributeValue | undefined =
      typeof part === 'number' ? holder.L?.[part] : holder.M && getAttribute(holder.M, part);
    if (!child) throw validation(INVALID_PATH);
    holder = own(holder, part, child, owned);
  }
  const last = path.at(-1) ?? '';
  if (typeof last === 'number') {
    if (!holder.L) throw validation(INVALID_PATH);
    if (value) holder.L[Math.min(last, holder.L.length)] = value;
    else if (wasThere) holder.L.splice(last, 1);
    return;
  }
  if (!holder.M) throw validation(INVALID_PATH);
  if (value) setAttribute(holder.M, last, value);
  else delete holder.M[last];
};

const own = (
  holder: AttributeValue,
  part: string | number,
  child: AttributeValue,
  owned: Set<object>,
): AttributeValue => {
  if (owned.has(child)) return child;
  const copy: AttributeValue = child.L ? { L: [...child.L] } : child.M ? { M: { ...child.M } } : child;
  owned.add(copy);
  if (typeof part === 'number' && holder.L) holder.L[part] = copy;
  else if (holder.M) setAttribute(holder.M, String(part), copy);
  return copy;
};
