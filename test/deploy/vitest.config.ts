import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const root = join(import.meta.dirname, '../..');

/** What `npm run test:deploy` runs, one project after the other: each deploys, and the machine is small. */
export default defineConfig({
  root,
  test: {
    testTimeout: 120_000,
    hookTimeout: 300_000,
    projects: [
      {
        root,
        test: {
          name: 'template',
          include: ['test/deploy/template/**/*.test.ts'],
          globalSetup: ['test/deploy/template/packaged.ts'],
          testTimeout: 120_000,
        },
      },
      {
        root,
        test: {
          name: 'deployed',
          include: ['test/e2e/**/*.test.ts'],
          // `sls invoke local` is for the stack of a laptop. The emulator serves no CloudFront, so no page and no image, and it finds an API by
          // the host's name, so it takes no requests that a library would not send.
          exclude: [
            'test/e2e/invoke-local.test.ts',
            'test/e2e/page/**',
            'test/e2e/images.test.ts',
            'test/e2e/edges.test.ts',
          ],
          globalSetup: ['test/deploy/deployed-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // They wait more than they work.
          maxWorkers: 4,
        },
      },
      { root, test: { name: 'lifecycle', include: ['test/deploy/lifecycle.test.ts'], testTimeout: 300_000 } },
    ],
  },
});
