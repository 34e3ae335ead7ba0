/**
 * A function that does with a stream's records what they say, and notes which it was given. On AWS the template has its text
 * inline, and its notes go to the log; on a laptop the context takes them.
 */
exports.handler = async ({ Records }, { note = console.log } = {}) => {
  const items = Records.map(({ dynamodb }) => ({ sequence: dynamodb.SequenceNumber, ...dynamodb.NewImage }));
  note(JSON.stringify({ probe: items.map(({ name }) => name.S) }));
  if (items.some(({ fails }) => fails?.S === 'always')) throw new Error('A record fails always');
  const failed = items.filter(({ failsUntil }) => Number(failsUntil?.N ?? 0) > Date.now());
  return { batchItemFailures: failed.map(({ sequence }) => ({ itemIdentifier: sequence })) };
};
