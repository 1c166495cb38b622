import { readLabelSettings } from '../../../lib/labelling/settings.ts';
import type { RulesConfig } from '../../../lib/rules/config.ts';
import { memoizeAsync } from '../../../lib/runtime/concurrency.ts';
import { SettingsError } from '../../../lib/runtime/settings.ts';
import type { Target } from '../../kit/target.ts';
import { clockCheck } from './clock.ts';
import { type Diagnosis, fail, type HealthCheck, warn } from './finding.ts';
import type { Functions } from './functions.ts';
import { judgeFull, judgeNames, judgeQuota, QUOTA_MESSAGES, quotaNews } from './labels.ts';
import { namesIn } from './machine.ts';
import {
  judgeCredentials,
  judgePermission,
  MANAGE_CONTACTS,
  MANAGE_LABELS,
  READ_CONTACTS,
  READ_LABELS,
  READ_MEMBERS,
  type WixPermission,
} from './permissions.ts';
import { judgeBudget } from './settings.ts';
import { openProbe, type Probe, type ProbeResult } from './wix.ts';

const DAY_MS = 86_400_000;
const CREDENTIALS = 'Wix credentials';

interface Opened extends Probe {
  readonly kind: 'api-key' | 'app';
}

export interface WixCheckOptions {
  readonly target: Target;
  readonly functions: Promise<Functions>;
  readonly rules: RulesConfig | undefined;
  readonly now: () => number;
}

/** The site, its permissions, its labels, its budget of calls and its clock. */
export function wixChecks({
  target,
  functions,
  rules,
  now,
}: WixCheckOptions): readonly HealthCheck[] {
  const settings = memoizeAsync(async () => {
    const { label, readParameters } = await functions;
    return readLabelSettings(label, readParameters);
  });
  const names = rules ? namesIn(rules) : { names: [], computed: false };
  const open = memoizeAsync(async (): Promise<Opened> => {
    const read = await settings();
    const values = await target.settings();
    const site = values.get('WIX_SITE_ID') ?? values.get('WIX_INSTANCE_ID') ?? '';
    return { kind: read.credentials.kind, ...openProbe(read, site, names.names) };
  });
  const check = (
    name: string,
    judge: (probe: Opened) => Promise<readonly Diagnosis[]>,
  ): HealthCheck => withSettings({ about: 'Wix', name, run: async () => judge(await open()) });
  const may = (
    permission: WixPermission,
    ask: (probe: Opened) => Promise<ProbeResult>,
  ): HealthCheck =>
    check(permission.able, async (probe) => [
      judgePermission(permission, await ask(probe), probe.kind),
    ]);
  return [
    check(CREDENTIALS, async (probe) => [judgeCredentials(await probe.readContacts(), probe.kind)]),
    may(READ_CONTACTS, (probe) => probe.readContacts()),
    may(MANAGE_CONTACTS, (probe) => probe.labelNobody()),
    may(READ_LABELS, async (probe) => (await probe.readLabels()).failure),
    check(MANAGE_LABELS.able, async (probe) => [await manageLabels(probe)]),
    may(READ_MEMBERS, (probe) => probe.readMembers()),
    check('how full the site is', async (probe) => labelFindings(probe, target, now)),
    check('label names of rules.yml', async (probe) => {
      const { labels, failure } = await probe.readLabels();
      return rules && !failure ? [judgeNames(labels, names)] : [];
    }),
    check('budget of calls', async () => [judgeBudget(await settings())]),
    withSettings(clockCheck('Wix', async () => (await settings()).wixApiUrl, now)),
  ];
}

/** Without settings there is nothing to ask: that is said once, and what is wrong with them elsewhere. */
function withSettings(check: HealthCheck): HealthCheck {
  return {
    ...check,
    async run(signal) {
      try {
        return await check.run(signal);
      } catch (error) {
        if (!(error instanceof SettingsError)) throw error;
        if (check.name !== CREDENTIALS) return [];
        const what = 'Wix is not asked: the settings of label are not complete';
        return [fail(what, 'Put them right first.')];
      }
    },
  };
}

async function manageLabels(probe: Opened): Promise<Diagnosis> {
  const { failure } = await probe.readLabels();
  const found = failure ?? (await probe.findLabel());
  if (found !== 'none') return judgePermission(MANAGE_LABELS, found, probe.kind);
  return warn(
    'not known: whether labels can be made. The site has none of its own, and to try would make one',
    `The first event tells. The permission is "${MANAGE_LABELS.wix}".`,
  );
}

async function labelFindings(
  probe: Opened,
  target: Target,
  now: () => number,
): Promise<readonly Diagnosis[]> {
  const { labels, failure } = await probe.readLabels();
  if (failure) return [];
  const found = await probe.findLabel();
  if (found !== 'none' && found?.code === 'LABELS_QUOTA_REACHED') return [judgeFull(found)];
  const query = { anyOf: QUOTA_MESSAGES, since: now() - DAY_MS };
  // The log is a help: where it cannot be read, Wix still tells how many labels there are.
  const lines = await target.logs(query).catch(() => []);
  return [judgeQuota(labels, quotaNews(lines))];
}
