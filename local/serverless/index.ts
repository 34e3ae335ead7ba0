import { StreamsAndSockets } from './plugin.ts';
import type { PluginConstructor } from './types.ts';

const plugin: PluginConstructor = StreamsAndSockets;
// biome-ignore lint/style/noDefaultExport: Serverless loads a plugin from the default export.
export default plugin;
