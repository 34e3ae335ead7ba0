import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('npm start says which option it does not know', () => {
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, ['tools/start.ts', '--port', '4000'], { cwd });
  expect(status).toBe(1);
  expect(String(stderr)).toContain('unrecognized CLI options: "--port"');
});
