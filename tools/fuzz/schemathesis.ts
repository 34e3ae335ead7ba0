import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchToken } from '../../local/issuer.ts';
import type { Stack } from '../../local/stack.ts';
import { prepare, programOf } from '../support/python.ts';

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');
/**
 * What an answer must hold to. Not `negative_data_rejection` and `positive_data_acceptance`: a schema can't say all that a text
 * must be. Not `unsupported_method`: to a route that is none the gateway answers 404, and not 405.
 */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'ignored_auth',
];

/**
 * Lets schemathesis, a fuzzer by others, make requests from the OpenAPI document.
 * @returns its exit code: 0 when it found nothing
 * @throws PythonUnavailable where it can't be installed
 */
export const runSchemathesis = async (stack: Stack, seconds: number, seed: number): Promise<number> => {
  prepare(REQUIREMENTS);
  const token = await fetchToken(stack.issuer, 'alice');
  // It keeps a database of examples in its folder.
  const folder = mkdtempSync(join(tmpdir(), 'deep-thoughts-schemathesis-'));
  const options = {
    '--header': `Authorization: Bearer ${token}`,
    '--checks': CHECKS.join(),
    '--max-time': String(seconds),
    '--seed': String(seed),
    // This ends the fuzzing itself.
    '--exclude-operation-id': 'DELETE_users_me',
    '--suppress-health-check': 'all',
  };
  const args = ['run', `${stack.http}/openapi.json`, '--continue-on-failure', ...Object.entries(options).flat()];
  const child = spawn(programOf(REQUIREMENTS, 'schemathesis'), args, {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  rmSync(folder, { recursive: true, force: true });
  return code ?? 1;
};
