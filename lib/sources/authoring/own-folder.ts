import { dirname, join, resolve } from 'node:path';

/** In a project's folder. */
export const OWN_NAME = 'my-sources';

let folder = resolve(OWN_NAME);

/** Where the user's own described sources are: beside their rules.yml. Tests have another in its place. */
export const ownFolder = (): string => folder;

/** Takes the sources beside a rules file for the user's own. To be called before the first of them is read. */
export function takeSourcesBeside(rules: string): void {
  folder = join(dirname(rules), OWN_NAME);
}
