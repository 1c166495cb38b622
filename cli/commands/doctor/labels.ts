import * as z from 'zod/mini';
import { quotaNumbers } from '../../../lib/labelling/labels/label-keys.ts';
import { fixedNames, type RulesConfig } from '../../../lib/rules/config.ts';
import type { LabelMessage } from '../../../lib/runtime/log.ts';
import type { Call } from '../../../lib/wix/calls/client.ts';
import type { WixFailure } from '../../../lib/wix/calls/failure.ts';
import type { FunctionLogLine } from '../../kit/target.ts';
import { type Diagnosis, fail, pass, warn } from './diagnosis.ts';

const Labels = z.object({
  labels: z.nullish(
    z.array(
      z.object({
        key: z.string(),
        displayName: z.nullish(z.string()),
        labelType: z.nullish(z.string()),
      }),
    ),
  ),
});

export interface SiteLabel {
  readonly key: string;
  readonly displayName: string;
  /** Made by people or apps of the site, not by Wix. */
  readonly own: boolean;
}

/** The most that a page of Query Labels holds (docs/simulator.md). */
const PAGE = 1000;
/** More labels than any site is known to have. */
const MOST_PAGES = 20;

/** All labels of the site, by Query Labels. Its index may be behind. @throws WixError */
export async function allLabels(call: Call): Promise<readonly SiteLabel[]> {
  const found: SiteLabel[] = [];
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await call({
      operation: 'queryLabels',
      method: 'POST',
      path: '/contacts/v4/labels/query',
      body: { query: { paging: { limit: PAGE, offset: page * PAGE } } },
      answer: Labels,
    });
    const labels = answer.labels ?? [];
    for (const { key, displayName, labelType } of labels) {
      found.push({ key, displayName: displayName ?? '', own: labelType === 'USER_DEFINED' });
    }
    if (labels.length < PAGE) break;
  }
  return found;
}

/** What `label` last logged of the quota: Wix reports it only when it refuses a label. */
export interface QuotaNews {
  readonly full: boolean;
  readonly quota: number | undefined;
  readonly at: string;
}

export const QUOTA_MESSAGES = [
  'labels-quota-reached',
  'labels-quota-lifted',
] as const satisfies readonly LabelMessage[];
const QUOTA: keyof ReturnType<typeof quotaNumbers> = 'labelsQuota';

/** The newest line about the quota, of lines that are oldest first. */
export function quotaNews(lines: readonly FunctionLogLine[]): QuotaNews | undefined {
  const news = lines.filter(({ message }) => QUOTA_MESSAGES.some((known) => known === message));
  const refused = news.findLast(({ message }) => message === 'labels-quota-reached');
  const newest = news.at(-1);
  if (!newest) return undefined;
  const quota = Number(refused?.[QUOTA]);
  return {
    full: newest === refused,
    quota: Number.isFinite(quota) ? quota : undefined,
    at: newest.time ?? '',
  };
}

const MAKE_ROOM =
  'Delete labels at Wix. Labels that exist are still put; new ones become dead letters (labels-quota-reached).';

/** Wix itself has just said that the site is full, with both numbers. */
export function judgeFull(failure: WixFailure): Diagnosis {
  const { labelsQuota, labelsCurrentTotal } = quotaNumbers(failure);
  return fail(`the site is full: ${labelsCurrentTotal} labels of ${labelsQuota}`, MAKE_ROOM);
}

/** How full the site is. Where Wix has refused no label, nobody can say how many it allows. */
export function judgeQuota(labels: readonly SiteLabel[], news: QuotaNews | undefined): Diagnosis {
  const own = labels.filter((label) => label.own).length;
  const has = `the site has ${own} labels of its own`;
  const { full = false, quota, at = '' } = news ?? {};
  if (quota === undefined && full) return warn(`${has}, and refused one more at ${at}`, MAKE_ROOM);
  if (quota === undefined) return pass(`${has}; Wix does not publish how many it allows`);
  const of = `${has}, of the ${quota} that Wix allows`;
  return own >= quota ? fail(of, MAKE_ROOM) : pass(of);
}

/** Label names that stand in the rules as they are; those of expressions are not known. */
export interface RuleNames {
  readonly names: readonly string[];
  readonly computed: boolean;
}

export function namesIn({ rules, tables }: RulesConfig): RuleNames {
  const lists = rules.flatMap(({ add, remove }) => [add ?? [], remove ?? []].flat());
  return {
    names: [...new Set(lists.flatMap((list) => fixedNames(list, tables)))],
    computed: lists.some((list) => 'cel' in list),
  };
}

/** Label names of the rules, there or not. */
export function judgeNames(
  labels: readonly SiteLabel[],
  { names, computed }: RuleNames,
): Diagnosis {
  const there = new Set(labels.map(({ displayName }) => displayName));
  const missing = names.filter((name) => !there.has(name));
  const exist = `${names.length - missing.length} of the ${names.length} label names in rules.yml exist`;
  const made = missing.length > 0 ? `; the first event makes: ${missing.join(', ')}` : '';
  return pass(`${exist}${made}${computed ? '; others are computed by rules' : ''}`);
}
