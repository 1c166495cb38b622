import { readKeptDeliveries } from '../../../engine/kept-deliveries.ts';
import { deliveriesFolderOf } from '../../../engine/state.ts';
import { sourceNames } from '../../../lib/sources/index.ts';
import { type CommandContext, endWith, usingTarget } from '../../kit/command.ts';
import { readRules } from '../../kit/current-rules.ts';
import { EXIT, NoEngine, wrongUsage } from '../../kit/failure.ts';
import type { TargetOptions } from '../../kit/target.ts';
import { writeJson } from '../../kit/terminal.ts';
import { sinceOf } from '../explain/subject.ts';
import { compareRules, type PastDelivery } from './compare.ts';
import { renderComparison } from './render-compare.ts';
import { compileTrial } from './try.ts';

export interface TryOptions extends TargetOptions {
  readonly since: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

const RUNNING = 'rules.yml';

/** `earmark rules try`: what other rules would have made of the deliveries that the engine kept. */
export async function tryRules(
  file: string,
  options: TryOptions,
  context: CommandContext,
): Promise<void> {
  const { terminal, folder, now } = context;
  if (options.stage !== undefined) {
    throw wrongUsage(
      'A stage keeps no deliveries, so other rules cannot be tried on them. The local engine keeps its own: leave\n' +
        '--stage out. A delivery that is in a dead letter can be tried: ./earmark dead-letters show ID --save FILE,\n' +
        'and then ./earmark rules test FILE.',
    );
  }
  const since = sinceOf(options.since, now());
  const whatToDo = "Name a rules file, or run this in the project's folder.";
  const [before, after] = await Promise.all(
    [RUNNING, file].map(async (name) =>
      compileTrial((await readRules(name, folder, whatToDo)).config),
    ),
  );
  if (!before || !after) return;
  const past = await pastDeliveries(await folderOf(options, context), since);
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
    terminal.err.write(
      `The engine kept no delivery since ${new Date(since).toISOString().slice(0, 16)}Z. It keeps what it takes: ./earmark send shopify\n`,
    );
  } else {
    const all = options.all ?? false;
    terminal.out.write(`${renderComparison(comparison, { terminal, files, all })}\n`);
  }
  if (failures.after.length > 0) endWith(EXIT.found);
}

/** Where the engine keeps them; they stay when it has ended. */
const folderOf = (options: TargetOptions, context: CommandContext): Promise<string> =>
  usingTarget(options, context, async ({ deliveriesFolder = '' }) => deliveriesFolder).catch(
    (error: unknown) => {
      if (error instanceof NoEngine) return deliveriesFolderOf(error.statePath);
      throw error;
    },
  );

/** Without those that came again, and those of senders that are not read any more. */
async function pastDeliveries(folder: string, since: number): Promise<readonly PastDelivery[]> {
  const known = new Set(sourceNames());
  const past: PastDelivery[] = [];
  for await (const { id, source, answer, headers, body, receivedAt } of readKeptDeliveries(
    folder,
    since,
  )) {
    if (answer.status === 'duplicate' || !known.has(source)) continue;
    past.push({ id, source, delivery: { headers, body, receivedAt: Date.parse(receivedAt) } });
  }
  return past;
}
