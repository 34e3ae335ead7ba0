import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';

/**
 * The outputs of a deployed stage, by name. The region and the credentials are the environment's.
 * @throws Error when the stage is not deployed there
 */
export const stackOutputs = async (
  stage: string,
  client = new CloudFormationClient({}),
): Promise<Map<string, string>> => {
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: `deep-thoughts-${stage}` }));
  const outputs = Stacks?.[0]?.Outputs ?? [];
  return new Map(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
};

/**
 * One output of a deployed stage. The region and the credentials are the environment's.
 * @throws Error when the stage is not deployed there, or has no such output
 */
export const stackOutput = async (
  stage: string,
  name: string,
  client = new CloudFormationClient({}),
): Promise<string> => {
  const found = (await stackOutputs(stage, client)).get(name);
  if (found === undefined)
    throw new Error(`The stack deep-thoughts-${stage} has no output ${name}: deploy this release first`);
  return found;
};
