/**
 * Who may import whom, in one table. `npm run check` holds the code to it.
 *
 * functions -> http | websocket | stream -> fan-out -> concepts, push -> keys -> table -> runtime
 * functions -> dynamodb -> table, signed-http
 */

const CONCEPTS = 'accounts|connections|conversations|counters|follows|images|limits|reactions|thoughts|timelines|users';
const SDK = '^(node_modules/)?@(aws-sdk|smithy)/';

/** @param from a path, or what `from` may hold @param to the same */
const never = (name, comment, from, to) => ({
  name,
  comment,
  severity: 'error',
  from: typeof from === 'string' ? { path: from } : from,
  to: typeof to === 'string' ? { path: to } : to,
});

/** @param others folders, separated by `|` */
const onlyOwn = (folder, comment, others = folder) =>
  never(`${folder}-knows-little`, comment, `^src/${folder}/`, {
    path: '^src/',
    pathNot: `^src/(${folder}|${others})/`,
  });

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    never('no-circles', 'Two files that need each other are one file, or want a third.', {}, { circular: true }),
    never(
      'product-stands-alone',
      'Nothing in src/ knows the laptop, the tools, the clients or the tests.',
      '^(src|functions)/',
      '^(local|tools|test|client|web)/',
    ),
    never(
      'sdk-at-the-edges',
      'The AWS SDK stays in dynamodb/, push/, s3/, the stream’s records and the bucket stores.',
      { path: '^src/', pathNot: '^src/(dynamodb|push|s3|stream|images)/' },
      SDK,
    ),
    never(
      'lambda-events-at-the-edges',
      'Lambda’s event types stay in functions/, http/, websocket/ and stream/.',
      { path: '^src/', pathNot: '^src/(http|websocket|stream)/' },
      '^(node_modules/@types/)?aws-lambda',
    ),
    never(
      'requests-do-not-fan-out',
      'Requests never fan out; the stream does.',
      '^src/(http|websocket)/',
      '^src/(stream|fan-out)/',
    ),
    never(
      'doors-apart',
      'The stream, HTTP and WebSocket entries do not know each other.',
      '^src/(stream|fan-out)/',
      '^src/(http|websocket)/',
    ),
    never('http-apart-from-websocket', 'HTTP and WebSocket do not know each other.', '^src/http/', '^src/websocket/'),
    never('websocket-apart-from-http', 'HTTP and WebSocket do not know each other.', '^src/websocket/', '^src/http/'),
    never('fan-out-below-stream', 'The fan-out is handed its changes.', '^src/fan-out/', '^src/stream/'),
    never(
      'concepts-below-delivery',
      'A concept knows other concepts and the table.',
      `^src/(${CONCEPTS})/`,
      '^src/(http|websocket|stream|fan-out|push|protocol|erasure)/',
    ),
    never(
      'push-is-handed-what-it-needs',
      'Push is handed what it needs.',
      '^src/push/',
      '^src/(http|websocket|stream|fan-out|erasure)/',
    ),
    never(
      'protocol-knows-no-speaker',
      'The protocol is made of the concepts’ views, and knows nobody who speaks it.',
      '^src/protocol/',
      '^src/(http|websocket|stream|fan-out|push|table|erasure)/|-store[.]ts$',
    ),
    never(
      'stores-know-the-port',
      'Stores know the table, and not how DynamoDB is called. The stream parses DynamoDB’s records.',
      { path: '^src/', pathNot: '^src/(dynamodb|stream)/' },
      '^src/dynamodb/',
    ),
    onlyOwn(
      'dynamodb',
      'The client of DynamoDB knows the table’s operations, and no item.',
      'table|signed-http|runtime',
    ),
    onlyOwn('keys', 'A key is made of plain values.', 'table'),
    onlyOwn('table', 'The table knows no item.', 'runtime'),
    onlyOwn('signed-http', 'What sends requests knows nothing of what they are for.'),
    onlyOwn('s3', 'The client of S3 knows no object.'),
    onlyOwn('schemas', 'What works on any schema knows none.'),
    onlyOwn('runtime', 'The ground floor.'),
    never(
      'page-is-a-customer',
      'The page knows the API’s reference and the client’s package, as anybody’s page does.',
      '^web/src/',
      { path: '^(src|client|local|tools|test)/', pathNot: '^client/((index|core|store|react)[.]ts$|dist/)' },
    ),
    never(
      'parts-stand-alone',
      'This folder stands on its own.',
      '^(local/event-source-mapping|local/gateway|client)/',
      { path: '^(src|local|tools|test|client|web|functions)/', pathNot: '^$1/' },
    ),
    never(
      'plugin-for-any-project',
      'The plugin for other projects knows the parts that it brings, and nothing of this project.',
      '^local/serverless/',
      {
        path: '^(src|local|tools|test|client|web|functions)/',
        pathNot: '^local/(serverless|event-source-mapping|gateway|dynamodb|aws)/',
      },
    ),
    never(
      'aws-knows-no-laptop',
      'The rules of AWS know neither the laptop’s stack nor the tools.',
      '^local/aws/',
      '^(tools|test)/',
    ),
    never('tests-are-not-shipped', 'Only tests import tests.', '^(src|functions|client|web|local)/', '^test/'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    parser: 'swc',
    tsPreCompilationDeps: false,
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs'],
      conditionNames: ['import', 'types', 'default'],
    },
  },
};
