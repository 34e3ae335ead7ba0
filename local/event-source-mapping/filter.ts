/**
 * Lambda's event filtering.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
type Test = (value: unknown) => boolean;

/** Only leaves are looked at: to a filter, a field that holds an object is not there. */
const isLeaf: Test = (value) => value !== undefined && (typeof value !== 'object' || value === null);

const OPERATORS: Record<string, (operand: unknown) => Test> = {
  prefix: (operand) => (value) => typeof value === 'string' && value.startsWith(String(operand)),
  suffix: (operand) => (value) => typeof value === 'string' && value.endsWith(String(operand)),
  'equals-ignore-case': (operand) => (value) =>
    typeof value === 'string' && value.toLowerCase() === String(operand).toLowerCase(),
  'anything-but': (operand) => {
    const refused: unknown[] = Array.isArray(operand) ? operand : [operand];
    if (refused.some((item) => typeof item === 'object' && item !== null)) {
      throw new Error('Filter operator "anything-but" takes only plain values here');
    }
    return (value) => isLeaf(value) && !refused.includes(value);
  },
  exists: (operand) => (value) => isLeaf(value) === operand,
  numeric: (operand) => {
    const terms = numericTerms(operand);
    return (value) => typeof value === 'number' && terms.every((term) => term(value));
  },
};

const COMPARISONS: Record<string, (value: number, operand: number) => boolean> = {
  '=': (value, operand) => value === operand,
  '<': (value, operand) => value < operand,
  '<=': (value, operand) => value <= operand,
  '>': (value, operand) => value > operand,
  '>=': (value, operand) => value >= operand,
};

const numericTerms = (operand: unknown): ((value: number) => boolean)[] => {
  const parts = Array.isArray(operand) ? operand : [];
  const terms: ((value: number) => boolean)[] = [];
  for (let at = 0; at < parts.length; at += 2) {
    const compare = COMPARISONS[String(parts[at])];
    const against = parts[at + 1];
    if (!compare || typeof against !== 'number') throw new Error(`Filter operator "numeric" can't be read: ${parts}`);
    terms.push((value) => compare(value, against));
  }
  if (terms.length === 0) throw new Error('Filter operator "numeric" needs a comparison');
  return terms;
};

/** One element of a pattern's list: a plain value, or an object with one operator. */
const elementTest = (element: unknown): Test => {
  if (typeof element !== 'object' || element === null) return (value) => value === element;
  const [entry, ...others] = Object.entries(element);
  const operator = entry && OPERATORS[entry[0]];
  if (!entry || !operator || others.length > 0) {
    throw new Error(`Filter operator ${JSON.stringify(Object.keys(element).join(', '))} is not supported`);
  }
  return operator(entry[1]);
};

const patternTest = (pattern: unknown): Test => {
  if (Array.isArray(pattern)) {
    const tests = pattern.map(elementTest);
    return (value) => (Array.isArray(value) ? value : [value]).some((one) => tests.some((test) => test(one)));
  }
  if (typeof pattern !== 'object' || pattern === null) {
    throw new Error(`A filter's value must be in a list: ${JSON.stringify(pattern)}`);
  }
  const tests = Object.entries(pattern).map(([name, part]): Test => {
    if (name === '$or') {
      const choices = (part as unknown[]).map(patternTest);
      return (value) => choices.some((choice) => choice(value));
    }
    const test = patternTest(part);
    return (value) => test((value as Record<string, unknown> | undefined)?.[name]);
  });
  // In a list of objects, one of them must pass by all of its fields.
  return (value) => (Array.isArray(value) ? value : [value]).some((one) => tests.every((test) => test(one)));
};

/**
 * Whether a record passes: any one of the patterns is enough, and none at all lets everything through.
 * @throws Error that names an operator which is not supported
 */
export const compileFilters = (patterns: Record<string, unknown>[]): ((record: object) => boolean) => {
  const tests = patterns.map(patternTest);
  return (record) => tests.length === 0 || tests.some((test) => test(record));
};
