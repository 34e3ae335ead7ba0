import { StreamsAndSockets } from './plugin.ts';
import type { PluginConstructor } from './types.ts';

const plugin: PluginConstructor = StreamsAndSockets;
// biome-ignore lint/style/noDefaultExport: The framework takes a plugin from there.
export default plugin;
