import { resolve } from 'node:path';

/** Where tests look for the user's own sources (jest.config.mjs): there are none. */
export const ownFolder = (): string => resolve('samples/shop/my-sources');
export const OWN_NAME = 'my-sources';
export const takeSourcesBeside = (): void => {};
