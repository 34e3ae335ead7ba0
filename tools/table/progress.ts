const WIDTH = 30;

/** A bar on standard error, with a rate; silent where nobody watches. */
export const progressBar = (startedAt: number) => {
  const stream = process.stderr;
  let drawnAt = 0;
  return (done: number, total: number): void => {
    const now = performance.now();
    if (!stream.isTTY || (now - drawnAt < 100 && done < total)) return;
    drawnAt = now;
    const filled = Math.round((WIDTH * done) / total);
    const rate = Math.round(done / Math.max(0.001, (now - startedAt) / 1000));
    stream.write(
      `\r[${'█'.repeat(filled)}${' '.repeat(WIDTH - filled)}] ${done}/${total}, ${rate}/s${done === total ? '\n' : ''}`,
    );
  };
};
