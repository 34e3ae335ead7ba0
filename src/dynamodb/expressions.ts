import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Condition, Query, Value, Write } from '../table/table.ts';
import { toAttribute, toAttributes } from './attributes.ts';

type Update = Extract<Write, { update: unknown }>;

/** Collects the names and values of one request's expressions, so that no attribute clashes with a reserved word. */
class Placeholders {
  readonly names: Record<string, string> = {};
  readonly values: Record<string, AttributeValue> = {};
  #count = 0;

  name(attribute: string): string {
    const placeholder = `#${attribute}`;
    this.names[placeholder] = attribute;
    return placeholder;
  }

  value(value: Exclude<Value, undefined>): string {
    const placeholder = `:v${this.#count++}`;
    this.values[placeholder] = toAttribute(value);
    return placeholder;
  }

  request() {
    return {
      ExpressionAttributeNames: Object.keys(this.names).length > 0 ? this.names : undefined,
      ExpressionAttributeValues: Object.keys(this.values).length > 0 ? this.values : undefined,
    };
  }
}

const conditionText = (conditions: Condition[], placeholders: Placeholders): string =>
  conditions
    .map((condition) => {
      const name = placeholders.name(condition.attribute);
      if (condition.is === 'absent') return `attribute_not_exists(${name})`;
      if (condition.is === 'present') return `attribute_exists(${name})`;
      if (condition.is === 'absent or >' || condition.is === 'absent or <') {
        const sign = condition.is.slice(-1);
        return `(attribute_not_exists(${name}) OR ${name} ${sign} ${placeholders.value(condition.value)})`;
      }
      return `${name} ${condition.is} ${placeholders.value(condition.value)}`;
    })
    .join(' AND ');

/** The condition of a put, a delete or a check as DynamoDB takes it. */
export const conditionRequest = (conditions: Condition[] | undefined) => {
  if (!conditions || conditions.length === 0) return {};
  const placeholders = new Placeholders();
  const text = conditionText(conditions, placeholders);
  return { ConditionExpression: text, ...placeholders.request() };
};

/** An update with its condition as DynamoDB takes it. */
export const updateRequest = ({ update, set = {}, add = {}, remove = [], when = [] }: Update) => {
  const placeholders = new Placeholders();
  const part = (keyword: string, terms: string[]) => (terms.length > 0 ? [`${keyword} ${terms.join(', ')}`] : []);
  const sets = Object.entries(set).flatMap(([name, value]) =>
    value === undefined ? [] : `${placeholders.name(name)} = ${placeholders.value(value)}`,
  );
  const adds = Object.entries(add).map(([name, value]) => `${placeholders.name(name)} ${placeholders.value(value)}`);
  const expression = [
    ...part('SET', sets),
    ...part('ADD', adds),
    ...part(
      'REMOVE',
      remove.map((name) => placeholders.name(name)),
    ),
  ].join(' ');
  const condition = when.length > 0 ? { ConditionExpression: conditionText(when, placeholders) } : {};
  return { Key: toAttributes(update), UpdateExpression: expression, ...condition, ...placeholders.request() };
};

/** A query of one partition as DynamoDB takes it. */
export const queryRequest = (query: Query) => {
  const [pk, sk] = query.index ? ['feedPk', 'feedSk'] : ['pk', 'sk'];
  const placeholders = new Placeholders();
  const terms = [`${placeholders.name(pk)} = ${placeholders.value(query.pk)}`];
  const bound = sortKeyTerm(query, placeholders, sk);
  if (bound) terms.push(bound);
  const { attributes, where = [] } = query;
  return {
    IndexName: query.index,
    KeyConditionExpression: terms.join(' AND '),
    FilterExpression: where.length > 0 ? conditionText(where, placeholders) : undefined,
    ProjectionExpression: attributes?.map((attribute) => placeholders.name(attribute)).join(),
    ScanIndexForward: !query.newestFirst,
    ConsistentRead: query.index ? false : query.consistent,
    // The start key of an index has the table's key in it too, which a sort key does not tell; a bound does instead.
    ExclusiveStartKey: query.after && !query.index ? toAttributes({ pk: query.pk, sk: query.after }) : undefined,
    ...placeholders.request(),
  };
};

const sortKeyTerm = (query: Query, placeholders: Placeholders, sk: string): string | undefined => {
  const name = () => placeholders.name(sk);
  if (query.index && query.after) {
    return `${name()} ${query.newestFirst ? '<' : '>'} ${placeholders.value(query.after)}`;
  }
  if (query.prefix) return `begins_with(${name()}, ${placeholders.value(query.prefix)})`;
  if (query.from && query.to) {
    return `${name()} BETWEEN ${placeholders.value(query.from)} AND ${placeholders.value(query.to)}`;
  }
  if (query.from) return `${name()} >= ${placeholders.value(query.from)}`;
  if (query.to) return `${name()} <= ${placeholders.value(query.to)}`;
  return undefined;
};
