import { json as jsonLanguage } from '@codemirror/lang-json';
import { yaml as yamlLanguage } from '@codemirror/lang-yaml';
import type { Extension } from '@codemirror/state';

export const json: Extension = jsonLanguage();
export const yaml: Extension = yamlLanguage();
