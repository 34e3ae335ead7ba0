const WIDTH = 640;
const INK = '#777';
const COLOURS = ['#36c', '#c63', '#396', '#939', '#777'];

const svg = (height: number, title: string, content: string[]): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12" fill="${INK}">
<title>${title}</title>
${content.join('\n')}
</svg>
`;

const text = (x: number, y: number, anchor: 'start' | 'middle' | 'end', content: string): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${content}</text>`;

export interface Bar {
  label: string;
  value: number;
}

/** Horizontal bars on one scale that begins at zero. */
export const bars = (title: string, unit: string, list: Bar[]): string => {
  const [left, right, step, top] = [190, 90, 26, 34];
  const most = Math.max(...list.map(({ value }) => value));
  const rows = list.flatMap(({ label, value }, at) => {
    const y = top + at * step;
    const width = (value / most) * (WIDTH - left - right);
    return [
      text(left - 8, y + 13, 'end', label),
      `<rect x="${left}" y="${y}" width="${width.toFixed(1)}" height="18" fill="${COLOURS[at % COLOURS.length]}"/>`,
      text(left + width + 6, y + 13, 'start', `${Number(value.toPrecision(3)).toLocaleString('en')} ${unit}`),
    ];
  });
  return svg(top + list.length * step + 8, title, [text(WIDTH / 2, 18, 'middle', title), ...rows]);
};

export interface Line {
  label: string;
  points: { x: number; y: number }[];
}

const power = (value: number): string => Number(value.toPrecision(3)).toLocaleString('en');

/** Lines over two logarithmic axes, one grid line for each power of ten. */
export const lines = (title: string, [xUnit, yUnit]: [string, string], list: Line[]): string => {
  const [height, margin, left] = [320, 44, 80];
  const logs = (pick: 'x' | 'y') => list.flatMap(({ points }) => points.map((point) => Math.log10(point[pick])));
  const range = (pick: 'x' | 'y'): [number, number] => {
    const low = Math.floor(Math.min(...logs(pick)));
    return [low, Math.max(low + 1, Math.ceil(Math.max(...logs(pick)) - 1e-9))];
  };
  const [[xLow, xHigh], [yLow, yHigh]] = [range('x'), range('y')];
  const x = (log: number) => left + ((log - xLow) * (WIDTH - left - margin)) / (xHigh - xLow);
  const y = (log: number) => height - margin - ((log - yLow) * (height - 2 * margin)) / (yHigh - yLow);
  const powers = (low: number, high: number) => Array.from({ length: high - low + 1 }, (_, at) => low + at);
  return svg(height, title, [
    text(WIDTH / 2, 18, 'middle', title),
    ...powers(yLow, yHigh).map((log) => `<path d="M${left} ${y(log).toFixed(1)}H${WIDTH - margin}" stroke="#8884"/>`),
    ...powers(yLow, yHigh).map((log) => text(left - 6, y(log) + 4, 'end', `${power(10 ** log)} ${yUnit}`)),
    ...powers(xLow, xHigh).map((log) => text(x(log), height - margin + 18, 'middle', power(10 ** log))),
    text((left + WIDTH - margin) / 2, height - 8, 'middle', xUnit),
    ...list.flatMap(({ label, points }, at) => {
      const path = points.map((point) => `${x(Math.log10(point.x)).toFixed(1)},${y(Math.log10(point.y)).toFixed(1)}`);
      const colour = COLOURS[at % COLOURS.length];
      return [
        `<polyline points="${path.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
        `<text x="${left + 10}" y="${margin + 14 + at * 16}" fill="${colour}">${label}</text>`,
      ];
    }),
  ]);
};
