/** Names (or their `#placeholders`) and places in lists, from the outside in. */
export type Path = (string | number)[];

export type Operand =
  | { kind: 'path'; path: Path }
  | { kind: 'value'; name: string }
  | { kind: 'call'; name: string; operands: Operand[] };

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=';

export type Condition =
  | { kind: 'and'; left: Condition; right: Condition }
  | { kind: 'or'; left: Condition; right: Condition }
  | { kind: 'not'; condition: Condition }
  | { kind: 'compare'; comparator: Comparator; left: Operand; right: Operand }
  | { kind: 'between'; operand: Operand; low: Operand; high: Operand }
  | { kind: 'in'; operand: Operand; list: Operand[] }
  | { kind: 'test'; name: string; operands: Operand[] };

export type Term = Operand | { kind: 'sum'; sign: 1 | -1; left: Operand; right: Operand };

export type Action =
  | { kind: 'SET'; path: Path; term: Term }
  | { kind: 'REMOVE'; path: Path }
  | { kind: 'ADD' | 'DELETE'; path: Path; value: string };

/** A parsed expression with the placeholders that it uses. */
export interface Parsed<T> {
  tree: T;
  names: string[];
  values: string[];
}
