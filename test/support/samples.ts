import type { SourceName } from '../../lib/events/event.ts';

/** What the sample purchase of each source earns besides Customer and VIP, by the project's rules. */
export const BOUGHT: Readonly<Record<SourceName, readonly string[]>> = {
  shopify: ['Bought Lamp'],
  woocommerce: ['Bought Teapot'],
  stripe: [],
  wix: ['Bought Notebook'],
  'standard-webhooks': ['Bought Clock'],
  custom: ['Bought Radio'],
};
