import type { MissingPolicy } from '../../../lib/events/event.ts';
import type { LabelJob } from '../../../lib/queue/job.ts';
import { type KeptDelivery, keptBody } from '../../../lib/queue/kept-delivery.ts';
import { BODY_LIMIT_BYTES, messageBody } from '../../../lib/queue/message.ts';
import { deadLetterInWords } from '../../../lib/receiving/delivery-line.ts';
import { interpret } from '../../../lib/receiving/interpret.ts';
import type { SiteRules } from '../../../lib/receiving/to-job.ts';
import { foldChanges, reversible, toLists } from '../../../lib/rules/changes.ts';
import { fixedNames, listensTo } from '../../../lib/rules/config.ts';
import type { CompiledRules } from '../../../lib/rules/match.ts';
import { asVerified } from '../../../lib/sources/as-verified.ts';
import { sourceNamed } from '../../../lib/sources/index.ts';
import { type DeadLetter, standingInWords } from './dead-letter.ts';

/** What a replay does with a dead letter: it sends a job, or the dead letter stays for this reason. */
export type ReplayPlan = { readonly job: LabelJob } | { readonly stays: string };

/** The labels that a job is replayed with. */
export type ReplayLabels = 'as-they-were' | 'current';

/**
 * What a replay would do with a dead letter.
 * @param mapping the current rules and sites, asked for when they are needed
 * @param missing what is to be done where the person is no contact, in place of what the job says
 */
export async function planReplay(
  deadLetter: DeadLetter,
  labels: ReplayLabels,
  mapping: () => Promise<SiteRules>,
  missing?: MissingPolicy,
): Promise<ReplayPlan> {
  const content = await planContent(deadLetter, labels, mapping);
  const plan = 'job' in content && missing ? { job: { ...content.job, missing } } : content;
  const isTooLarge = 'job' in plan && Buffer.byteLength(messageBody(plan.job)) > BODY_LIMIT_BYTES;
  return isTooLarge ? { stays: 'job-too-large: its job does not fit a message of 1 MiB' } : plan;
}

async function planContent(
  { content }: DeadLetter,
  labels: ReplayLabels,
  mapping: () => Promise<SiteRules>,
): Promise<ReplayPlan> {
  switch (content.kind) {
    case 'job':
      return labels === 'current'
        ? withCurrentRules(content.job, (await mapping()).rules)
        : // Which labels another rule may undo was true of the rules of then: without the list, all.
          { job: { ...content.job, reversible: undefined } };
    case 'delivery':
      return planDelivery(content.delivery, await mapping());
    case 'neither':
      return { stays: 'it is neither a job nor a delivery that this version reads' };
  }
}

/** A raw delivery goes the way of one that comes in, from after its signature was verified. */
function planDelivery(kept: KeptDelivery, mapping: SiteRules): ReplayPlan {
  const { source, headers } = kept;
  const receivedAt = Date.parse(kept.receivedAt);
  const body = unpacked(kept);
  if (body === undefined) return { stays: 'its body cannot be unpacked' };
  const reader = sourceNamed(source);
  if (reader === undefined) {
    return { stays: `there is no source ${source} here: its file may be missing` };
  }
  const verified = asVerified(reader, { headers, body, receivedAt });
  const found = interpret(reader, verified, mapping, () => false);
  if (found.kind !== 'mapped') return { stays: `${found.kind}: ${found.reason}` };
  const { mapping: mapped } = found;
  if (mapped.failedRules) return { stays: deadLetterInWords(mapped.failedRules) };
  if (mapped.kind === 'nobody') return { stays: deadLetterInWords(mapped.problem) };
  if (mapped.kind === 'job') return { job: mapped.job };
  return { stays: mapped.reason };
}

function unpacked(kept: KeptDelivery): Buffer | undefined {
  try {
    return keptBody(kept);
  } catch {
    return undefined;
  }
}

/** The job as a deployment takes it whose rules.yml has no `labels:`: it would give up one of version 2. */
const withoutHistory = ({ facts, review, merged, erase, ...job }: LabelJob): LabelJob => ({
  ...job,
  v: 1,
});

/** Whether there is something to do but for labels that rules give: facts to keep, a contact to look at. */
const isForMore = (job: LabelJob): boolean => standingInWords(job).length > 0;

/**
 * The job with the labels that the rules it matched have now, in the order of the file. Their
 * conditions are not asked again, for a job holds no more of the event than its type, topic and source.
 */
function withCurrentRules(given: LabelJob, compiled: CompiledRules): ReplayPlan {
  const job = compiled.keepsHistory ? given : withoutHistory(given);
  const { rules: names, types, topic, source } = job.cause;
  const current = compiled.rules.map(({ rule }) => rule);
  const gone = names.find((name) => !current.some((rule) => rule.name === name));
  if (gone !== undefined) return { stays: `the rule "${gone}" is not in rules.yml any more` };
  const matched = current.filter(({ name }) => names.includes(name));
  const computing = matched.find(({ add, remove }) =>
    [add, remove].some((names) => names && !('labels' in names)),
  );
  if (computing) {
    return { stays: `the rule "${computing.name}" computes its labels, and the event is not kept` };
  }
  const changes = matched
    .filter((rule) => types.some((type) => listensTo(rule, { type, topic, source })))
    .map(({ add, remove }) => ({ add: fixedNames(add), remove: fixedNames(remove) }));
  const last = foldChanges(changes);
  if (last.size === 0 && !isForMore(job)) {
    return { stays: 'its rules are not for such an event any more' };
  }
  const lists = toLists(last);
  return {
    job: {
      ...job,
      missing: compiled.missing,
      ...lists,
      reversible: reversible(lists, compiled.reach),
    },
  };
}
