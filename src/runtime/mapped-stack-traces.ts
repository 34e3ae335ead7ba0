/**
 * Stack traces of the bundled functions have the lines of our own source files. Import this file first. Node's own option for it
 * (`--enable-source-maps`) reads all maps at each start. This file reads a map when a stack trace first needs it.
 * @see https://v8.dev/docs/stack-trace-api#customizing-stack-traces
 */
import type { SourceMap } from 'node:module';

const maps = new Map<string, SourceMap | undefined>();

/** The map of a bundled file; undefined when it has none. */
const mapOf = (file: string): SourceMap | undefined => {
  if (!maps.has(file)) maps.set(file, readMap(file));
  return maps.get(file);
};

const readMap = (file: string): SourceMap | undefined => {
  // An import would load both modules at each start.
  const { SourceMap } = process.getBuiltinModule('node:module');
  const { readFileSync } = process.getBuiltinModule('node:fs');
  try {
    return new SourceMap(JSON.parse(readFileSync(new URL(`${new URL(file).pathname}.map`, file), 'utf8')));
  } catch {
    return undefined;
  }
};

/** A frame with the line of our own source file; undefined when the frame is not in our own code. */
const mapFrame = (frame: NodeJS.CallSite): string | undefined => {
  const [file, line, column] = [frame.getFileName(), frame.getLineNumber(), frame.getColumnNumber()];
  if (!file?.startsWith('file:') || line === null || column === null) return undefined;
  const origin = mapOf(file)?.findOrigin(line, column);
  if (!origin || !('fileName' in origin) || !origin.fileName) return undefined;
  const source = `${origin.fileName.replace(/^(\.\.\/)+/, '')}:${origin.lineNumber}:${origin.columnNumber}`;
  return String(frame).replace(`${file}:${line}:${column}`, source);
};

const { prepareStackTrace: formatUnmapped } = Error;

Error.prepareStackTrace = (error, frames) => {
  const mapped = frames.map(mapFrame);
  if (formatUnmapped && mapped.every((frame) => frame === undefined)) return formatUnmapped(error, frames);
  const lines = frames.map((frame, at) => `    at ${mapped[at] ?? frame}`);
  return [Error.prototype.toString.call(error), ...lines].join('\n');
};
