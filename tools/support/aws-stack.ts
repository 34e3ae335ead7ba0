import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';

/**
 * One output of a deployed stage. The region and the credentials are the environment's.
 * @throws Error when the stage is not deployed there, or has no such output
 */
export const stackOutput = async (
  stage: string,
  name: string,
  client = new CloudFormationClient({}),
): Promise<string> => {
  const stackName = `deep-thoughts-${stage}`;
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
  const found = Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === name)?.OutputValue;
  if (found === undefined) throw new Error(`The stack ${stackName} has no output ${name}`);
  return found;
};
