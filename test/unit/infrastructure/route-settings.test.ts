import { expect, it } from 'vitest';
import { finishRouteSettings } from '../../../infrastructure/route-settings.ts';

const naming = { getHttpApiRouteLogicalId: (key: string) => `Route of ${key}` };
const stageWith = (limit: string) => ({
  Properties: {
    RouteSettings: {
      'GET /a': { DetailedMetricsEnabled: true, ThrottlingRateLimit: limit, ThrottlingBurstLimit: limit },
    },
  },
});

it('settings of routes have numbers, and the stage of the HTTP API waits for its routes', () => {
  const extensions = {
    HttpApiStage: { ...stageWith('5'), DependsOn: 'Log' },
    WebsocketsDeploymentStage: stageWith('7'),
    HttpApi: { Properties: { Name: 'api' } },
  };
  finishRouteSettings({ extensions }, naming);
  const numbers = (limit: number) => ({
    Properties: {
      RouteSettings: {
        'GET /a': { DetailedMetricsEnabled: true, ThrottlingRateLimit: limit, ThrottlingBurstLimit: limit },
      },
    },
  });
  expect(extensions).toEqual({
    HttpApiStage: { ...numbers(5), DependsOn: ['Log', 'Route of GET /a'] },
    WebsocketsDeploymentStage: numbers(7),
    HttpApi: { Properties: { Name: 'api' } },
  });
});

it.each(['', 'many', '0', '-1'])('a limit of "%s" is refused', (limit) => {
  const extensions = { HttpApiStage: stageWith(limit) };
  expect(() => finishRouteSettings({ extensions }, naming)).toThrow('ThrottlingRateLimit of GET /a');
});
