import type { WixFailure } from '../../../lib/wix/calls/failure.ts';
import { type Diagnosis, fail, pass, warn } from './diagnosis.ts';
import type { ProbeResult } from './probe.ts';

/** What credentials may do, in Wix's words. https://dev.wix.com/docs/rest (method pages, checked 2026-11-21) */
export interface WixPermission {
  /** What it is for: "contacts" and "read". */
  readonly can: readonly [string, string];
  /** The permission's name at Wix. */
  readonly wix: string;
  /** What of Earmark goes on without it; undefined: nothing does. */
  readonly without?: string;
  /**
   * The code of a refusal that only those get who may. That Wix looks at permissions first is how it
   * answers elsewhere, and not documented for these calls.
   */
  readonly refusal?: string;
}

export const READ_CONTACTS: WixPermission = { can: ['contacts', 'read'], wix: 'Manage Contacts' };
export const MANAGE_CONTACTS: WixPermission = {
  can: ['contacts', 'labelled'],
  wix: 'Manage Contacts',
  refusal: 'CONTACT_NOT_FOUND',
};
export const READ_LABELS: WixPermission = { can: ['labels', 'read'], wix: 'Manage Contact Labels' };
export const MANAGE_LABELS: WixPermission = {
  can: ['labels', 'found or made'],
  wix: 'Manage Contact Labels',
  refusal: 'LABELS_QUOTA_REACHED',
};
export const READ_MEMBERS: WixPermission = {
  can: ['members', 'read'],
  wix: 'Read Members',
  without: 'only events that name a member id, and no contact id, need it',
};

/** `contacts can be read` */
export const ability = ({ can: [what, done] }: WixPermission): string => `${what} can be ${done}`;

export type CredentialKind = 'api-key' | 'app';

const WHERE: Readonly<Record<CredentialKind, string>> = {
  'api-key': "in the account's API Keys Manager, and see that the key is for this site",
  app: "on the app's Permissions page, and have the site accept the update",
};

const answer = ({ status, code }: WixFailure): string =>
  `Wix answered ${status}${code === undefined ? '' : ` ${code}`}`;

/** Whether a call never got as far as a permission: no network, no credentials, no time. */
function isBefore({ kind, operation, status, envelope }: WixFailure): boolean {
  return (
    kind !== 'answer' ||
    operation === 'createToken' ||
    status === 401 ||
    status === 429 ||
    (status ?? 0) >= 500 ||
    (status === 403 && envelope !== true)
  );
}

/** The credentials themselves, by the first call that uses them. */
export function judgeCredentials(outcome: ProbeResult, kind: CredentialKind): Diagnosis {
  if (outcome === undefined || !isBefore(outcome)) return pass('Wix knows the credentials');
  const { status, operation, networkCode } = outcome;
  const names =
    kind === 'api-key' ? 'WIX_API_KEY' : 'WIX_APP_ID, WIX_APP_SECRET and WIX_INSTANCE_ID';
  if (status === 401 || (operation === 'createToken' && (status ?? 500) < 429)) {
    const advice =
      kind === 'api-key'
        ? 'Copy the key again, or make a new one in the API Keys Manager of the Wix account, and set WIX_API_KEY.'
        : `Check ${names}, and that the app is still installed on the site.`;
    return fail(`Wix refuses ${names}: ${answer(outcome)}`, advice);
  }
  if (status === 429) {
    return warn(`${answer(outcome)}: the site's minute is used up`, 'Run this again in a minute.');
  }
  if (outcome.kind === 'answer') {
    return warn(`${answer(outcome)}: not from the API itself, or out of order`, 'Try again.');
  }
  const why = outcome.kind === 'timeout' ? 'no answer within 8 s' : (networkCode ?? outcome.kind);
  return fail(`Wix cannot be reached: ${why}`, 'Check the network and WIX_API_URL.');
}

/** What a call shows of a permission. */
export function judgePermission(
  permission: WixPermission,
  outcome: ProbeResult,
  kind: CredentialKind,
): Diagnosis {
  const {
    can: [what, done],
    wix,
    without,
    refusal,
  } = permission;
  const able = ability(permission);
  const unable = `${what} cannot be ${done}`;
  if (outcome === undefined || (refusal !== undefined && outcome.code === refusal))
    return pass(`${able} ("${wix}")`);
  if (isBefore(outcome)) {
    return warn(`not known: whether ${able} ("${wix}")`, 'Put right what is said above first.');
  }
  const advice = `Allow "${wix}" ${WHERE[kind]}.`;
  if (without !== undefined) return warn(`${unable}; ${without}: ${answer(outcome)}`, advice);
  if (outcome.status === 403) return fail(`${unable}: ${answer(outcome)}`, advice);
  return warn(`not clear: whether ${able}. ${answer(outcome)}`, `If labels do not come: ${advice}`);
}
