import type { Conditional } from './fold-conditions.ts';

interface Naming {
  getHttpApiRouteLogicalId(routeKey: string): string;
}

type Settings = Record<string, Record<string, unknown>>;

const LIMITS = ['ThrottlingRateLimit', 'ThrottlingBurstLimit'];

/**
 * Completes the settings of single routes. Parameters are texts, and CloudFormation does not convert them to numbers here, because
 * it has no types for these properties. API Gateway refuses the settings of a missing route. Therefore the HTTP API's stage gets a
 * dependency on its routes; the WebSocket API's stage has one already.
 * @throws Error that names the route whose limit is not a number above 0
 */
export const finishRouteSettings = ({ extensions = {} }: Pick<Conditional, 'extensions'>, naming: Naming): void => {
  for (const [id, stage] of Object.entries(extensions)) {
    const settings = (stage.Properties?.RouteSettings ?? {}) as Settings;
    for (const [route, values] of Object.entries(settings)) settings[route] = withNumbers(route, values);
    if (id !== 'HttpApiStage') continue;
    const routes = Object.keys(settings).map((route) => naming.getHttpApiRouteLogicalId(route));
    stage.DependsOn = [stage.DependsOn ?? [], routes].flat();
  }
};

const withNumbers = (route: string, values: Record<string, unknown>): Record<string, unknown> => {
  const limits = LIMITS.map((name) => [name, Number(values[name])] as const);
  for (const [name, limit] of limits) {
    if (!(limit > 0)) throw new Error(`${name} of ${route} is no number over 0: ${values[name]}`);
  }
  return { ...values, ...Object.fromEntries(limits) };
};
