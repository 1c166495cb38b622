import { readLabelSettings } from '../../../lib/labelling/settings.ts';
import type { RulesConfig } from '../../../lib/rules/config.ts';
import { memoizeAsync } from '../../../lib/runtime/concurrency.ts';
import { readParameters } from '../../../lib/runtime/parameters.ts';
import { SettingsError, siteIn } from '../../../lib/runtime/settings.ts';
import type { Target } from '../../kit/target.ts';
import { clockCheck } from './address.ts';
import { type Diagnosis, fail, type HealthCheck, warn } from './diagnosis.ts';
import type { Functions } from './functions.ts';
import { judgeFull, judgeNames, judgeQuota, namesIn, QUOTA_MESSAGES, quotaNews } from './labels.ts';
import {
  ability,
  judgeCredentials,
  judgePermission,
  MANAGE_CONTACTS,
  MANAGE_LABELS,
  READ_CONTACTS,
  READ_LABELS,
  READ_MEMBERS,
  type WixPermission,
} from './permissions.ts';
import { openProbe, type Probe, type ProbeResult } from './probe.ts';
import { judgeBudget } from './settings.ts';

const DAY_MS = 86_400_000;
const NOT_ASKED = fail(
  'Wix is not asked: the settings of label are not complete',
  'Put them right first.',
);

/** The site, its permissions, its labels, its budget of calls and its clock. */
export function wixChecks(
  target: Target,
  functions: Promise<Functions>,
  rules: RulesConfig | undefined,
  now: () => number,
): readonly HealthCheck[] {
  const settings = memoizeAsync(async () => {
    const { label } = await functions;
    return readLabelSettings(label, readParameters);
  });
  const names = rules ? namesIn(rules) : { names: [], computed: false };
  const open = memoizeAsync(async () => {
    const read = await settings();
    const site = siteIn(await target.settings()) ?? '';
    return openProbe(read, site, names.names);
  });
  const check = (
    name: string,
    judge: (probe: Probe) => Promise<readonly Diagnosis[]>,
    otherwise?: readonly Diagnosis[],
  ): HealthCheck =>
    withSettings({ about: 'Wix', name, run: async () => judge(await open()) }, otherwise);
  const may = (
    permission: WixPermission,
    ask: (probe: Probe) => Promise<ProbeResult>,
  ): HealthCheck =>
    check(ability(permission), async (probe) => [
      judgePermission(permission, await ask(probe), probe.kind),
    ]);
  return [
    check(
      'Wix credentials',
      async (probe) => [judgeCredentials(await probe.readContacts(), probe.kind)],
      [NOT_ASKED],
    ),
    may(READ_CONTACTS, (probe) => probe.readContacts()),
    may(MANAGE_CONTACTS, (probe) => probe.labelNobody()),
    may(READ_LABELS, async (probe) => (await probe.readLabels()).failure),
    check(ability(MANAGE_LABELS), async (probe) => [await manageLabels(probe)]),
    may(READ_MEMBERS, (probe) => probe.readMembers()),
    check('how full the site is', async (probe) => labelFindings(probe, target, now)),
    check('label names of rules.yml', async (probe) => {
      const { labels, failure } = await probe.readLabels();
      return rules && !failure ? [judgeNames(labels, names)] : [];
    }),
    check('budget of calls', async () => [judgeBudget(await settings())]),
    withSettings(clockCheck('Wix', async () => (await settings()).wixApiUrl)),
  ];
}

/** Without settings there is nothing to ask: one check says so, and others say what is wrong with them. */
const withSettings = (check: HealthCheck, otherwise: readonly Diagnosis[] = []): HealthCheck => ({
  ...check,
  run: (signal) =>
    check.run(signal).catch((error: unknown) => {
      if (error instanceof SettingsError) return otherwise;
      throw error;
    }),
});

async function manageLabels(probe: Probe): Promise<Diagnosis> {
  const { failure } = await probe.readLabels();
  const found = failure ?? (await probe.findLabel());
  if (found !== 'none') return judgePermission(MANAGE_LABELS, found, probe.kind);
  return warn(
    'not known: whether labels can be made. The site has none of its own, and to try would make one',
    `The first event shows it. The permission is "${MANAGE_LABELS.wix}".`,
  );
}

async function labelFindings(
  probe: Probe,
  target: Target,
  now: () => number,
): Promise<readonly Diagnosis[]> {
  const { labels, failure } = await probe.readLabels();
  if (failure) return [];
  const found = await probe.findLabel();
  if (found !== 'none' && found?.code === 'LABELS_QUOTA_REACHED') return [judgeFull(found)];
  const query = { anyOf: QUOTA_MESSAGES, since: now() - DAY_MS };
  // The log is a help: where it cannot be read, Wix still says how many labels there are.
  const lines = await target.logs(query).catch(() => []);
  return [judgeQuota(labels, quotaNews(lines))];
}
