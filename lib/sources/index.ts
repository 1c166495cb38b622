import type { SourceName } from '../events/event.ts';
import { custom } from './custom.ts';
import { shopify } from './shopify/shopify.ts';
import type { Source } from './source.ts';
import { standardWebhooks } from './standard-webhooks.ts';
import { stripe } from './stripe/stripe.ts';
import { wix } from './wix/wix.ts';
import { woocommerce } from './woocommerce/woocommerce.ts';

/** Every platform that Earmark reads, by the name in its path `/webhooks/{source}`. */
export const sources: Readonly<Record<SourceName, Source>> = {
  shopify,
  woocommerce,
  stripe,
  wix,
  'standard-webhooks': standardWebhooks,
  custom,
};

export const isSource = (name: string): name is SourceName => Object.hasOwn(sources, name);
