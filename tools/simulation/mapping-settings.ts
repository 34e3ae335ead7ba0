import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { readMappingSettings } from '../../local/event-source-mapping/settings.ts';

/** The stream event of serverless.yml, as the laptop's mapping reads it. */
const mappingSettings = () => {
  const text = readFileSync(new URL('../../serverless.yml', import.meta.url), 'utf8');
  const customTags = ['!Ref', '!Sub', '!GetAtt'].map((tag) => ({ tag, resolve: (value: string) => value }));
  const { functions } = parse(text, { customTags }) as {
    functions: { stream: { events: { stream: Record<string, unknown> }[]; timeout: number } };
  };
  const { type: _type, arn: _arn, ...event } = functions.stream.events[0]?.stream ?? {};
  return readMappingSettings(event);
};

export const MAPPING = mappingSettings();
