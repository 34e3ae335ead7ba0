export { connect, LiveClient, type Options } from './live-client.ts';
export type { Runtime } from './runtime.ts';
export type { Timings } from './timings.ts';
export { FrameError, type Gap, type State, type Thought, type ThoughtEvent } from './types.ts';
