export { connect, LiveClient, type Options, type Timings } from './live-client.ts';
export { FrameError, type Gap, type State, type Thought, type ThoughtEvent } from './types.ts';
