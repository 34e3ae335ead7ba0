/** The parts of the project that the model drives; bundled as one, so that a mutant can take their place. */
export { FanOut } from '../../../src/fan-out/fan-out.ts';
export { PushBuffer } from '../../../src/push/push-buffer.ts';
export { readSettings } from '../../../src/settings.ts';
export { createStores } from '../../../src/stores.ts';
export { Resumer } from '../../../src/websocket/resume.ts';
