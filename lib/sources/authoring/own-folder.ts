import { resolve } from 'node:path';

/** Where the user's own described sources are: beside their rules.yml. Tests have another in its place. */
export const OWN_FOLDER = resolve('my-sources');
