import { type Names, resolveValue } from './cloudformation.ts';

type Environment = Record<string, string>;

/** The host name that a template gives the WebSocket API, once its `Ref` is resolved. */
const DEPLOYED = /\b(?:(https|wss):\/\/)?local\.execute-api\.[\w-]+\.amazonaws\.com/g;
const LOCAL_SCHEMES: Record<string, string> = { https: 'http://', wss: 'ws://' };

/**
 * The environment variables of serverless.yml, as texts. The URL of the deployed WebSocket API becomes the local gateway's URL.
 * @param host the gateway's host and port
 * @param leftOut is called with each variable whose value only a deployment knows
 */
export const resolveEnvironment = (
  environment: Record<string, unknown> = {},
  names: Names,
  host: string,
  leftOut: (name: string, what: string) => void,
): Environment => {
  const known: Environment = {};
  for (const [name, value] of Object.entries(environment)) {
    const result = resolveValue(value, names);
    if (result.kind === 'unknown') leftOut(name, result.what);
    else if (result.value !== null && result.value !== undefined) {
      known[name] = String(result.value).replaceAll(
        DEPLOYED,
        (_, scheme?: string) => `${scheme ? LOCAL_SCHEMES[scheme] : ''}${host}`,
      );
    }
  }
  return known;
};

/** Variables of the machine that a process needs. */
const INHERITED = /^(?:PATH|HOME|TMPDIR|TMP|TEMP|SystemRoot|USERPROFILE|AWS_.*)$/;

/** @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
export const lambdaEnvironment = (
  machine: Record<string, string | undefined>,
  {
    functionName,
    handler,
    memoryMb,
    region,
  }: { functionName: string; handler: string; memoryMb: number; region: string },
): Environment => ({
  ...(Object.fromEntries(Object.entries(machine).filter(([name]) => INHERITED.test(name))) as Environment),
  _HANDLER: handler,
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_EXECUTION_ENV: `AWS_Lambda_nodejs${process.versions.node.split('.')[0]}.x`,
  AWS_LAMBDA_FUNCTION_NAME: functionName,
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${functionName}`,
  AWS_LAMBDA_LOG_STREAM_NAME: 'local',
  LANG: 'en_US.UTF-8',
  TZ: ':UTC',
  // serverless-offline sets this too, and handlers read it.
  IS_OFFLINE: 'true',
});

/** Invented credentials for an environment without any, because an SDK sends nothing without credentials. */
export const credentials = (machine: Record<string, string | undefined>): Environment =>
  machine.AWS_ACCESS_KEY_ID || machine.AWS_PROFILE
    ? {}
    : { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
