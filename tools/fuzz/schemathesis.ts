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
 * The checks of each answer. `negative_data_rejection` and `positive_data_acceptance` are left out, because a schema can't express
 * every rule for a text. `unsupported_method` is left out, because API Gateway answers 404, not 405, for an unknown route.
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
 * Runs schemathesis, a public fuzzer, which makes requests from the OpenAPI document.
 * @returns its exit code: 0 when it found nothing
 * @throws PythonUnavailable when it can't be installed
 */
export const runSchemathesis = async (stack: Stack, seconds: number, seed: number): Promise<number> => {
  prepare(REQUIREMENTS);
  const token = await fetchToken(stack.issuer, 'alice');
  // Run in this folder, because schemathesis writes a database of examples into it.
  const folder = mkdtempSync(join(tmpdir(), 'deep-thoughts-schemathesis-'));
  const options = {
    '--header': `Authorization: Bearer ${token}`,
    '--checks': CHECKS.join(),
    '--max-time': String(seconds),
    '--seed': String(seed),
    // Leave out the erasure of the user: it would end the fuzzing.
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
