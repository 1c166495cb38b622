import { signedAs } from '../signing/described.ts';
import type { Source } from '../source.ts';
import type { Description } from './description.ts';
import { readDescribed } from './reader.ts';

/** The setting with the secrets of a described source: `CAL_COM_WEBHOOK_SECRET`. */
export const secretSettingOf = (name: string): Source['secretSetting'] =>
  `${name.toUpperCase().replaceAll('-', '_') as Uppercase<string>}_WEBHOOK_SECRET`;

/** A source that is a file of data, in the shape of those that are code. */
export const described = (description: Description): Source => ({
  name: description.name,
  secretSetting: secretSettingOf(description.name),
  ...signedAs(description.signed),
  read: (delivery) => readDescribed(description, delivery),
});
