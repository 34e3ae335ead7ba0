import type { Attributes, AttributeValue } from '../../local/aws/dynamodb/types.ts';

const PATHS = [
  'n',
  's',
  'li',
  'ma',
  'se',
  'flag',
  'b',
  'none',
  'ma.a',
  'ma.a.b',
  'li[0]',
  'li[1]',
  'li[5]',
  'ma.nope',
  'li[0].x',
  '#weird',
];
const RARE_PATHS = ['none', 'pk', 'gsi1sk', 'list', 'set', 'large'];
const WEIRD = { '#weird': 'a weird.name' };
/** As the engine gives them back. */
const PLAIN = ['0', '1', '-1', '5', '10', '1.5', '-0.25', '100', '99999999999999999999'];
const NUMBERS = [
  '0',
  '1',
  '-1',
  '5',
  '10',
  '1.5',
  '-0.25',
  '100',
  '1e3',
  '99999999999999999999',
  '0.1',
  '0.2',
  '12345678901234567890123456789012345678',
  '1E-20',
  '007',
  '-0',
];
const TEXTS = ['', 'a', 'ab', 'abc', 'b', 'ü', '\u{1F600}x'];

/** Random expressions of all kinds, most of them right, over attributes that items have at times. */
export class RandomExpressions {
  readonly #random: () => number;
  #values: Attributes = {};
  #names: Record<string, string> = {};

  constructor(random: () => number) {
    this.#random = random;
  }

  /** A value as an attribute of this name mostly has it. */
  value(name: string): AttributeValue {
    if (this.#chance(0.1)) return this.#any(2);
    if (name === 'n') return { N: this.#pick(NUMBERS) };
    if (name === 'li') return { L: this.#times(this.#below(4), () => this.#any(1)) };
    if (name === 'ma')
      return { M: { a: this.#any(1), c: { N: '1' }, ...(this.#chance(0.5) && { a: { M: { b: this.#any(0) } } }) } };
    if (name === 'se') return this.#set();
    if (name === 'flag') return this.#chance(0.2) ? { NULL: true } : { BOOL: this.#chance(0.5) };
    if (name === 'b') return { B: Uint8Array.from(this.#times(this.#below(3), () => this.#pick([0, 1, 200]))) };
    return { S: this.#pick(TEXTS) };
  }

  condition(kind: 'ConditionExpression' | 'FilterExpression') {
    this.#start();
    return { [kind]: this.#test(2), ...this.#placeholders() };
  }

  /** @param withCondition goes with a ConditionExpression */
  update(withCondition: boolean) {
    this.#start();
    const sections = ['SET', 'REMOVE', 'ADD', 'DELETE'].filter((name) => this.#chance(name === 'SET' ? 0.7 : 0.25));
    if (sections.length === 0) sections.push('SET');
    const text = sections
      .map((section) => `${section} ${this.#times(1 + this.#below(2), () => this.#action(section)).join(', ')}`)
      .join(' ');
    const condition = withCondition ? { ConditionExpression: this.#test(1) } : {};
    return { UpdateExpression: text, ...condition, ...this.#placeholders() };
  }

  /** A projection without placeholders. */
  paths(): string {
    return this.#times(1 + this.#below(3), () => this.#pick(PATHS.filter((path) => !path.startsWith('#')))).join(', ');
  }

  #start(): void {
    [this.#values, this.#names] = [{}, {}];
  }

  #placeholders() {
    return {
      ...(Object.keys(this.#values).length > 0 && { ExpressionAttributeValues: this.#values }),
      ...(Object.keys(this.#names).length > 0 && { ExpressionAttributeNames: this.#names }),
    };
  }

  #test(depth: number): string {
    if (depth > 0 && this.#chance(0.4)) {
      const [left, right] = [this.#test(depth - 1), this.#test(depth - 1)];
      return this.#pick([
        `(${left}) AND ${right}`,
        `${left} OR ${right}`,
        `NOT (${left}) and ${right}`,
        `NOT ${left}`,
        `${left} AND NOT ${right} OR ${left}`,
      ]);
    }
    const path = this.#path();
    const operand = () => (this.#chance(0.8) ? this.#constant(path) : this.#path());
    const number = () => this.#place({ N: this.#pick(['0', '1', '2', '3']) });
    const comparator = this.#pick(['=', '<>', '<', '<=', '>', '>=']);
    return this.#pick([
      () => `attribute_exists(${path})`,
      () => `attribute_not_exists(${path})`,
      () =>
        `attribute_type(${path}, ${this.#place({ S: this.#pick(['S', 'N', 'M', 'L', 'SS', 'BOOL', 'NULL', 'X']) })})`,
      () => `begins_with(${path}, ${this.#place({ S: this.#pick(TEXTS) })})`,
      () => `contains(${path}, ${operand()})`,
      () => `size(${path}) ${comparator} ${number()}`,
      () => `${path} ${comparator} ${operand()}`,
      () => `${path} ${comparator} ${operand()}`,
      () => `${path} BETWEEN ${operand()} AND ${operand()}`,
      () => `${path} IN (${operand()}, ${operand()})`,
    ])();
  }

  #action(section: string): string {
    const path = this.#path();
    if (section === 'REMOVE') return path;
    if (section === 'ADD')
      return `${path} ${this.#place(this.#chance(0.6) ? { N: this.#pick(NUMBERS) } : this.#set())}`;
    if (section === 'DELETE') return `${path} ${this.#place(this.#set())}`;
    const number = () => this.#place({ N: this.#pick(NUMBERS) });
    return this.#pick([
      () => `${path} = ${this.#constant(path)}`,
      () => `${path} = ${this.#constant(path)}`,
      () => `${path} = if_not_exists(${this.#path()}, ${this.#constant(path)})`,
      () => `${path} = if_not_exists(${path}, ${number()}) + ${number()}`,
      () => `n = n ${this.#pick(['+', '-'])} ${number()}`,
      () => `li = list_append(li, ${this.#place({ L: [this.#any(1)] })})`,
      () => `li = list_append(${this.#place({ L: [this.#any(1)] })}, if_not_exists(li, ${this.#place({ L: [] })}))`,
      () => `${path} = ${this.#path()}`,
      () => `gsi1pk = ${this.#place({ S: this.#pick(['F', 'G']) })}`,
    ])();
  }

  #path(): string {
    const path = this.#pick(this.#chance(0.03) ? RARE_PATHS : PATHS);
    if (path === '#weird') this.#names = { ...this.#names, ...WEIRD };
    return path;
  }

  #constant(path: string): string {
    return this.#place(this.value(path.replace(/[[.].*/, '')));
  }

  #place(value: AttributeValue): string {
    const name = `:v${Object.keys(this.#values).length}`;
    this.#values[name] = value;
    return name;
  }

  #set(): AttributeValue {
    if (this.#chance(0.5))
      return { SS: [...new Set(this.#times(1 + this.#below(3), () => this.#pick(['a', 'b', 'c'])))] };
    return { NS: [...new Set(this.#times(1 + this.#below(3), () => this.#pick(['1', '2', '3.5'])))] };
  }

  #any(depth: number): AttributeValue {
    return this.#pick<() => AttributeValue>([
      () => ({ S: this.#pick(TEXTS) }),
      () => ({ N: this.#pick(PLAIN) }),
      () => ({ BOOL: this.#chance(0.5) }),
      () => this.#set(),
      () => (depth > 0 ? { L: this.#times(this.#below(3), () => this.#any(depth - 1)) } : { NULL: true }),
      () => (depth > 0 ? { M: { a: this.#any(depth - 1), x: this.#any(depth - 1) } } : { NULL: true }),
    ])();
  }

  #chance(rate: number): boolean {
    return this.#random() < rate;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#below(list.length)] as T;
  }

  #times<T>(count: number, make: () => T): T[] {
    return Array.from({ length: count }, make);
  }
}
