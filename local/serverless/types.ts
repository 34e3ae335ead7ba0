/** What `custom.streamsAndSockets` of a serverless.yml may say. Each is an option of the command line too. */
export interface Options {
  /** Port of the tables; 8000 when left out, 0 for any free one. */
  dynamodbPort?: number | string;
  /** An engine that runs already. `AWS_ENDPOINT_URL_DYNAMODB` names one too. */
  dynamodbEndpoint?: string;
  /** Port of the WebSocket API; serverless-offline's, or 3001 when left out, 0 for any free one. */
  websocketPort?: number | string;
  /** Keep the tables and how far their streams were read in this folder; in memory when left out. */
  dataDir?: string;
  /** Milliseconds that a quiet stream is left alone: 250 asks as often as AWS; 3 to 40 when left out. */
  pollMs?: number | string;
  /** A function that waits for a debugger at 127.0.0.1:9229, with one process and without a time-out. */
  inspectFunction?: string;
}

export interface FunctionConfig {
  handler?: string;
  name?: string;
  /** Seconds. */
  timeout?: number;
  memorySize?: number;
  reservedConcurrency?: number;
  environment?: Record<string, unknown>;
  events?: Record<string, unknown>[];
}

export interface Resource {
  Type: string;
  Properties?: Record<string, unknown>;
}

/** As much of the framework as the plugin touches. */
export interface Serverless {
  serviceDir: string;
  config?: { servicePath?: string };
  service: {
    service: string;
    plugins?: string[] | { modules?: string[] };
    custom?: Record<string, unknown>;
    provider: {
      stage?: string;
      region?: string;
      timeout?: number;
      memorySize?: number;
      environment?: Record<string, unknown>;
      websocketsApiRouteSelectionExpression?: string;
    };
    functions?: Record<string, FunctionConfig>;
    resources?: { Resources?: Record<string, Resource> };
  };
}

export interface Plugin {
  readonly commands: object;
  readonly hooks: Record<string, () => Promise<void>>;
}

export type PluginConstructor = new (serverless: Serverless, options: Options) => Plugin;
