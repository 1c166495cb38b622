import { resolve } from 'node:path';

/** Where tests look for the user's own sources (jest.config.mjs): there are none. */
export const OWN_FOLDER = resolve('samples/shop/my-sources');
