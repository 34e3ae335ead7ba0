import { type Names, resolveValue } from './cloudformation.ts';

type Environment = Record<string, string>;

/** The host name that a template gives the WebSocket API, once its `Ref` is resolved. */
const DEPLOYED = /\b(?:(https|wss):\/\/)?local\.execute-api\.[\w-]+\.amazonaws\.com/g;
const LOCAL_SCHEMES: Record<string, string> = { https: 'http://', wss: 'ws://' };

/**
 * The variables that serverless.yml gives to functions, as texts. A URL of the deployed WebSocket API becomes that of the gateway here.
 * @param host the gateway's host and port
 * @param leftOut is told of each variable whose value only a deployment would know
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

/** What a process needs of the machine. */
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
  // What serverless-offline sets: handlers ask for it.
  IS_OFFLINE: 'true',
});

/** What any SDK takes for credentials, where nobody has some. */
export const credentials = (machine: Record<string, string | undefined>): Environment =>
  machine.AWS_ACCESS_KEY_ID || machine.AWS_PROFILE
    ? {}
    : { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
