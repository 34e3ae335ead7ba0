import { validation } from '../../aws/dynamodb/errors.ts';
import { setAttribute } from '../../aws/dynamodb/intake.ts';
import { takeAttributes } from './attribute-values.ts';
import { takeFlag, takeList, takeMap, takeNumber, takeStructure, takeText } from './json-types.ts';

/** The position of a part in a request, for error messages: each part knows the part around it. */
interface Place {
  name: string;
  around: Place | undefined;
}

/** The faults of a request whose types are right. All of them go into one error, as AWS does it. */
type Faults = string[];

/** Reads one part of a request: checks its type, and turns base64 into bytes. */
export type Shape = (value: unknown, at: Place, faults: Faults) => unknown;

const pathOf = (at: Place): string => {
  const name = at.name.charAt(0).toLowerCase() + at.name.slice(1);
  return at.around ? `${pathOf(at.around)}.${name}` : name;
};

const fault = (value: unknown, at: Place, rule: string): string =>
  `Value ${value === undefined ? 'null' : `'${value}'`} at '${pathOf(at)}' failed to satisfy constraint: Member must ${rule}`;

/** A text; with `values`, one of these. */
export const text =
  (...values: string[]): Shape =>
  (value, at, faults) => {
    const taken = takeText(value);
    if (values.length > 0 && !values.includes(taken)) {
      faults.push(fault(taken, at, `satisfy enum value set: [${values.join(', ')}]`));
    }
    return taken;
  };

/** A text with a smallest and a largest number of characters. */
export const textOf =
  (min: number, max: number): Shape =>
  (value, at, faults) => {
    const taken = takeText(value);
    if (taken.length < min) faults.push(fault(taken, at, `have length greater than or equal to ${min}`));
    if (taken.length > max) faults.push(fault(taken, at, `have length less than or equal to ${max}`));
    return taken;
  };

const TABLE_NAME = /^[a-zA-Z0-9_.-]+$/;
const MIN_TABLE_NAME = 3;

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html */
export const tableName: Shape = (value, at, faults) => {
  const taken = takeText(value);
  if (!TABLE_NAME.test(taken)) {
    faults.push(fault(taken, at, 'satisfy regular expression pattern: [a-zA-Z0-9_.-]+'));
  }
  if (taken.length < MIN_TABLE_NAME) {
    faults.push(fault(taken, at, `have length greater than or equal to ${MIN_TABLE_NAME}`));
  }
  return taken;
};

export const flag: Shape = takeFlag;

/** A whole number between two others; what is behind its point is cut off. */
export const whole =
  (min: number, max = Number.POSITIVE_INFINITY): Shape =>
  (value, at, faults) => {
    const taken = Math.trunc(takeNumber(value));
    if (taken < min) faults.push(fault(taken, at, `have value greater than or equal to ${min}`));
    if (taken > max) faults.push(fault(taken, at, `have value less than or equal to ${max}`));
    return taken;
  };

export const list =
  (element: Shape): Shape =>
  (value, at, faults) =>
    takeList(value).map((part, index) => element(part, { name: `${index + 1}.member`, around: at }, faults));

/** Names that the caller chooses, each with a value of one shape. */
export const map =
  (element: Shape): Shape =>
  (value, at, faults) => {
    const parts = takeMap(value);
    const taken = {};
    for (const name of Object.keys(parts)) {
      if (parts[name] === null) continue;
      setAttribute(taken, name, element(parts[name], { name: `${name}.member`, around: at }, faults) as never);
    }
    return taken;
  };

/** Members by name. What is null is left out, as is what the shape doesn't name. */
export const structure = (members: Record<string, Shape>, required: string[] = []): Shape => {
  const shapes = Object.entries(members);
  return (value, at, faults) => {
    const parts = takeStructure(value);
    const taken: Record<string, unknown> = {};
    for (const [name, shape] of shapes) {
      const part = Object.hasOwn(parts, name) ? parts[name] : undefined;
      const place = { name, around: at.name === '' ? undefined : at };
      if (part !== null && part !== undefined) taken[name] = shape(part, place, faults);
      else if (required.includes(name)) faults.push(fault(undefined, place, 'not be null'));
    }
    return taken;
  };
};

/** Attributes by their names: an item, a key, or the values of an expression. */
export const attributes: Shape = (value) => takeAttributes(value);

/** A member that is not supported here: a request with it is refused. */
export const refused =
  (why: string): Shape =>
  () => {
    throw validation(why);
  };

/** Reads a whole request. @throws SerializationException, ValidationException */
export const takeRequest = (shape: Shape, value: unknown): object => {
  const faults: Faults = [];
  const taken = shape(value, { name: '', around: undefined }, faults);
  if (faults.length > 0) {
    throw validation(`${faults.length} validation error${faults.length > 1 ? 's' : ''} detected: ${faults.join('; ')}`);
  }
  return taken as object;
};
