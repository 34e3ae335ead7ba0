import type { Reporter, TestModule } from 'vitest/node';

/** Says at the end which tests were skipped for a reason that they gave. */
export class SkippedReporter implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>): void {
    const counts = new Map<string, number>();
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state !== 'skipped' || result.note === undefined) continue;
        const why = `the project ${module.project.name}: ${result.note}`;
        counts.set(why, (counts.get(why) ?? 0) + 1);
      }
    }
    for (const [why, count] of counts) process.stdout.write(`NOT TESTED: ${count} tests of ${why}\n`);
  }
}
