// Writes rules.schema.json, which editors check rules.yml against. test/rules/schema.test.ts holds it fresh.
import { writeFileSync } from 'node:fs';
import { rulesJsonSchema } from '../lib/rules/authoring/schema.ts';

const file = new URL('../rules.schema.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(rulesJsonSchema(), null, 2)}\n`);
