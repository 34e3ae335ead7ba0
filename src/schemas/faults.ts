/** One thing that is wrong with a value, as a schema's check found it. */
interface Issue {
  path: PropertyKey[];
  message: string;
}

export interface Fault {
  path: string;
  message: string;
}

const MAX_FAULTS = 10;
const MAX_LENGTH = 200;

const short = (text: string): string =>
  text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH).toWellFormed()}…` : text;

/**
 * What is wrong with a value, in words. The first ten, each shortened: a message may repeat what was sent, and an answer must
 * stay small whatever that was.
 * @param where the name of the value; none for a value without one
 */
export const faultsOf = (issues: Issue[], where?: string): Fault[] =>
  issues.slice(0, MAX_FAULTS).map(({ path, message }) => ({
    path: short([...(where === undefined ? [] : [where]), ...path.map(String)].join('.')),
    message: short(message),
  }));
