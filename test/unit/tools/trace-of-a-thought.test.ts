import { describe, expect, it } from 'vitest';
import type { Span } from '../../../local/trace.ts';
import { coveredMs, engineMs } from '../../../tools/support/trace-of-a-thought.ts';

const span = (startedAt: number, ms: number, name = 'DynamoDB_20120810.GetItem'): Span => ({ name, startedAt, ms });

describe('the trace of a thought', () => {
  it('counts a time once in which several spans were under way', () => {
    expect(coveredMs([])).toBe(0);
    expect(coveredMs([span(20, 5), span(0, 10), span(2, 3), span(8, 4)])).toBe(17);
  });

  it("counts the engine's requests until the frame came, and nothing else", () => {
    const zero = performance.timeOrigin;
    const spans = [span(zero + 10, 5), span(zero + 12, 50, 'invoke stream'), span(zero + 28, 10), span(zero + 40, 5)];
    expect(engineMs({ startedAt: 0, answeredAt: 20, arrivedAt: 30 }, spans)).toBeCloseTo(7, 3);
  });
});
