/** The options in `custom.streamsAndSockets` of a serverless.yml. Each is also an option of the command line. */
export interface Options {
  /** Port of the tables; by default 8000; 0 for any free port. */
  dynamodbPort?: number | string;
  /** An engine that runs already. `AWS_ENDPOINT_URL_DYNAMODB` names one too. */
  dynamodbEndpoint?: string;
  /** Port of the WebSocket API; by default serverless-offline's setting, or 3001; 0 for any free port. */
  websocketPort?: number | string;
  /** The folder for the tables and the checkpoints of their streams; by default all is in memory. */
  dataDir?: string;
  /** The folder for messages to queues and topics about records that are given up, a file each; by default `dataDir`. */
  destinationsDir?: string;
  /** Milliseconds between two polls of a quiet stream; 250 is AWS's rate; by default 3 to 40. */
  pollMs?: number | string;
  /** A function that waits for a debugger at 127.0.0.1:9229. It has one process and no timeout. */
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

/** The part of the framework that the plugin uses. */
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
