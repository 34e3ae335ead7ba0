import type { Reporter, TestModule } from 'vitest/node';

/** Says at the end what was not tested, and what it needs. */
export class SkippedReporter implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>): void {
    const counts = new Map<string, number>();
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state !== 'skipped') continue;
        const why = `${module.project.name}: ${result.note ?? 'no reason given'}`;
        counts.set(why, (counts.get(why) ?? 0) + 1);
      }
    }
    for (const [why, count] of counts) process.stdout.write(`NOT TESTED: ${count} of ${why}\n`);
  }
}
