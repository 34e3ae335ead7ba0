import type { GatewayRoute } from './gateway/routes.ts';

export interface MockResource {
  Type: string;
  Properties: Record<string, unknown>;
}

/** The name in a `!Ref` or a `!Sub` to an integration, resolved or not. */
const referred = (value: unknown): string | undefined => /(\w+)\W*$/.exec(JSON.stringify(value) ?? '')?.[1];

/**
 * The routes that the resources give a MOCK integration: API Gateway answers them by itself, with the template of the
 * integration's response.
 */
export const mockRoutes = (resources: Record<string, MockResource>): GatewayRoute[] => {
  const ofType = (type: string) =>
    Object.entries(resources).filter(([, { Type }]) => Type === `AWS::ApiGatewayV2::${type}`);
  return ofType('Route').flatMap(([, { Properties: route }]) => {
    const integration = referred(route.Target);
    if (integration === undefined || resources[integration]?.Properties.IntegrationType !== 'MOCK') return [];
    const [response] = ofType('IntegrationResponse').filter(
      ([, { Properties }]) => referred(Properties.IntegrationId) === integration,
    );
    const { $default: body = '' } = (response?.[1].Properties.ResponseTemplates ?? {}) as Record<string, string>;
    return [{ route: String(route.RouteKey), invoke: async () => ({ statusCode: 200, body }), answers: true }];
  });
};
