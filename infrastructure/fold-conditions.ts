/** A resource of a CloudFormation template, as far as the deployment looks at it. */
export interface TemplateResource {
  Condition?: string;
  DependsOn?: string | string[];
  DeletionPolicy?: string;
  Properties?: Record<string, unknown>;
}

/** As much of a CloudFormation template as conditions touch. */
export interface Conditional {
  Conditions?: Record<string, unknown>;
  Resources?: Record<string, TemplateResource>;
  Outputs?: Record<string, { Condition?: string }>;
  extensions?: Record<string, { DependsOn?: string | string[]; Properties?: Record<string, unknown> }>;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Decides a template's conditions, which compare nothing but texts: what is off is taken out, and what is on loses its
 * `Fn::If`. So the template that is deployed, and checked before, holds what there will be and nothing else.
 * @throws Error that names a condition which can't be decided
 */
export const foldConditions = (template: Conditional): void => {
  const { Conditions: conditions = {}, Resources: resources = {}, Outputs: outputs = {} } = template;
  const holds = (name: string): boolean => {
    if (!Object.hasOwn(conditions, name)) throw new Error(`There is no condition ${name}`);
    return decide(conditions[name], name);
  };
  const decide = (expression: unknown, name: string): boolean => {
    if (!isRecord(expression)) throw new Error(`The condition ${name} can't be decided`);
    const [[operator, operand] = []] = Object.entries(expression);
    if (operator === 'Condition' && typeof operand === 'string') return holds(operand);
    const operands = Array.isArray(operand) ? operand : [];
    if (operator === 'Fn::Not') return !decide(operands[0], name);
    if (operator === 'Fn::And') return operands.every((one) => decide(one, name));
    if (operator === 'Fn::Or') return operands.some((one) => decide(one, name));
    const [left, right] = operands;
    if (operator === 'Fn::Equals' && typeof left === 'string' && typeof right === 'string') return left === right;
    throw new Error(`The condition ${name} can't be decided`);
  };

  const off = new Set<string>();
  for (const group of [resources, outputs]) {
    for (const [name, item] of Object.entries(group)) {
      if (item.Condition === undefined) continue;
      if (!holds(item.Condition)) {
        delete group[name];
        off.add(name);
      }
      delete item.Condition;
    }
  }
  for (const key of ['Resources', 'Outputs', 'extensions'] as const) {
    if (template[key]) Object.assign(template, { [key]: fold(template[key], holds) });
  }
  for (const item of [...Object.values(template.Resources ?? {}), ...Object.values(template.extensions ?? {})]) {
    if (item.DependsOn !== undefined) item.DependsOn = [item.DependsOn].flat().filter((name) => !off.has(name));
  }
  delete template.Conditions;
};

const NOTHING = Symbol('AWS::NoValue');

/** Takes the branches of each `Fn::If` that hold, and leaves out what has no value. */
const fold = (value: unknown, holds: (name: string) => boolean): unknown => {
  if (Array.isArray(value)) return value.map((one) => fold(one, holds)).filter((one) => one !== NOTHING);
  if (!isRecord(value)) return value;
  if (value.Ref === 'AWS::NoValue') return NOTHING;
  const choice = value['Fn::If'];
  if (Array.isArray(choice)) return fold(holds(String(choice[0])) ? choice[1] : choice[2], holds);
  const kept = Object.entries(value).map(([key, one]) => [key, fold(one, holds)] as const);
  return Object.fromEntries(kept.filter(([, one]) => one !== NOTHING));
};
