import { sourceNames } from '../../../lib/sources/index.ts';
import { type CommandContext, endWith, usingTarget } from '../../kit/command.ts';
import { readRules } from '../../kit/current-rules.ts';
import { engineDeliveries } from '../../kit/engine-deliveries.ts';
import { EXIT, NoEngine } from '../../kit/failure.ts';
import type { PastDelivery, TargetOptions } from '../../kit/target.ts';
import { writeJson } from '../../kit/terminal.ts';
import { sinceOf } from '../explain/subject.ts';
import { compareRules } from './compare.ts';
import { renderComparison } from './render-compare.ts';
import { compileTrial } from './try.ts';

export interface TryOptions extends TargetOptions {
  readonly since: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

const RUNNING = 'rules.yml';

/** `earmark rules try`: what other rules would have made of the deliveries that were kept. */
export async function tryRules(
  file: string,
  options: TryOptions,
  context: CommandContext,
): Promise<void> {
  const { terminal, folder, now } = context;
  const since = sinceOf(options.since, now());
  const whatToDo = "Name a rules file, or run this in the project's folder.";
  const [before, after] = await Promise.all(
    [RUNNING, file].map(async (name) =>
      compileTrial((await readRules(name, folder, whatToDo)).config),
    ),
  );
  if (!before || !after) return;
  const { past, name } = await pastDeliveries(options, since, context);
  const comparison = compareRules({ before, after }, past, now());
  const { deliveries, failures, people } = comparison;
  const files = { before: RUNNING, after: file };
  if (options.json) {
    const shown = deliveries.filter(({ differs }) => options.all || differs);
    const count = {
      deliveries: deliveries.length,
      differ: deliveries.filter((one) => one.differs).length,
    };
    const from = new Date(since).toISOString();
    writeJson(terminal, { files, since: from, ...count, shown, failures, people });
  } else if (past.length === 0) {
    const from = new Date(since).toISOString().slice(0, 16);
    terminal.err.write(`No delivery was kept in ${name} since ${from}Z.\n${keeping(options)}\n`);
  } else {
    const all = options.all ?? false;
    terminal.out.write(`${renderComparison(comparison, { terminal, files, all })}\n`);
  }
  if (failures.after.length > 0) endWith(EXIT.found);
}

/** What has deliveries kept. */
const keeping = ({ stage }: TargetOptions): string =>
  stage === undefined
    ? 'The engine keeps what it takes: ./earmark send shopify'
    : `Where it is deployed with --param keepDeliveries=true its log holds what comes in from\nthen on: docs/deploy.md, "What can be changed".`;

/** Those of the target, or of an engine that has ended, without those of senders that are not read any more. */
async function pastDeliveries(
  options: TargetOptions,
  since: number,
  context: CommandContext,
): Promise<{ readonly past: readonly PastDelivery[]; readonly name: string }> {
  const known = new Set(sourceNames());
  const from = async (deliveries: AsyncIterable<PastDelivery>, name: string) => {
    const past = await Array.fromAsync(deliveries);
    return { past: past.filter(({ source }) => known.has(source)), name };
  };
  const { signal } = context.terminal;
  return usingTarget(options, context, (target) =>
    from(target.deliveries(since, signal), target.name),
  ).catch((error: unknown) => {
    if (!(error instanceof NoEngine)) throw error;
    return from(engineDeliveries(error.statePath, since), 'the local engine');
  });
}
