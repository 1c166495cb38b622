import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CODE_SOURCES } from '../../lib/events/event.ts';
import { rulesJsonSchema } from '../../lib/rules/authoring/schema.ts';
import { sourceJsonSchema } from '../../lib/sources/authoring/schema.ts';
import { deployPolicy, trustPolicy } from '../deploy-policy.ts';
import { envExample } from './env-example.ts';
import { sendersPage } from './senders.ts';
import { ourSources } from './sources.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** What `earmark init` writes lies there. */
const POLICY = 'cli/commands/init/project/policy';

const asJson = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/**
 * The files that are written from others, by their path: their text as it should be now.
 * @throws FileError where a source's file is broken
 */
export function generatedFiles(): ReadonlyMap<string, string> {
  const sources = ourSources();
  const described = sources.map(({ description }) => description.name);
  const env = readFileSync(resolve(ROOT, '.env.example'), 'utf8');
  return new Map([
    ['rules.schema.json', asJson(rulesJsonSchema([...CODE_SOURCES, ...described]))],
    ['sources.schema.json', asJson(sourceJsonSchema())],
    ['.env.example', envExample(env, sources)],
    ['docs/senders.md', sendersPage(sources)],
    [`${POLICY}/deploy.json`, asJson(deployPolicy())],
    [`${POLICY}/trust.json`, asJson(trustPolicy())],
  ]);
}
