import {
  CODE_SOURCES,
  type CodeSourceName,
  isCodeSource,
  type SourceName,
} from '../events/event.ts';
import { custom } from './custom.ts';
import { describedSetting } from './described/described.ts';
import { describedNames, describedSource } from './described/table.ts';
import { shopify } from './shopify/shopify.ts';
import type { SecretSetting, Source } from './source.ts';
import { standardWebhooks } from './standard-webhooks.ts';
import { stripe } from './stripe/stripe.ts';
import { wix } from './wix/wix.ts';
import { woocommerce } from './woocommerce/woocommerce.ts';

/** The sources that are code. */
export const codeSources: Readonly<Record<CodeSourceName, Source>> = {
  shopify,
  woocommerce,
  stripe,
  wix,
  'standard-webhooks': standardWebhooks,
  custom,
};

/** The names of all sources, each the one in its path `/webhooks/{source}`: those that are code, then the described. */
export const sourceNames = (): readonly SourceName[] => [...CODE_SOURCES, ...describedNames()];

/** The source of that name. */
export const sourceNamed = (name: SourceName): Source | undefined =>
  isCodeSource(name) ? codeSources[name] : describedSource(name);

/** The setting with the secrets of a source. It hangs on the name alone: no file is read for it. */
export const secretSettingOf = (name: SourceName): SecretSetting =>
  isCodeSource(name) ? codeSources[name].secretSetting : describedSetting(name);

/** The source of a name that was of the table. @throws RangeError when it is not, or no longer */
export function knownSource(name: SourceName): Source {
  const source = sourceNamed(name);
  if (source) return source;
  throw new RangeError(`There is no source ${name}. The file that described it may be gone.`);
}
