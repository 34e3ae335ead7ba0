import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { SkippedReporter } from './test/support/skipped-reporter.ts';

export default defineConfig({
  test: {
    reporters: ['default', new SkippedReporter()],
    // Vitest leaves a core free: on two cores that would be one worker.
    maxWorkers: availableParallelism(),
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          setupFiles: ['test/support/property-seed.ts'],
          // Files share their imports, which would be half of the CPU time. No test changes a module: dependencies are passed in.
          isolate: false,
          restoreMocks: true,
          // Ten times what the slowest test takes, for machines that are busy.
          testTimeout: 30_000,
        },
      },
      // Breaks the program on purpose: about a minute.
      { test: { name: 'mutants', include: ['test/mutants/**/*.test.ts'], testTimeout: 300_000 } },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: ['test/support/engine-setup.ts'],
          setupFiles: ['test/support/property-seed.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          // The engine of local/aws is held to AWS's own here. Needs Java.
          name: 'dynamodb-local',
          include: [
            'test/dynamodb-local/**/*.test.ts',
            'test/integration/{accounts,connections,conversations,dynamodb,erasure,follows,limits,thoughts,timelines,users}/**/*.test.ts',
            'test/integration/mapping-on-engine.test.ts',
          ],
          globalSetup: ['test/support/dynamodb-local-setup.ts'],
          setupFiles: ['test/support/needs-engine.ts', 'test/support/property-seed.ts'],
          isolate: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/support/stack-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
