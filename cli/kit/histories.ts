import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { siteIn } from '../../lib/runtime/settings.ts';
import { createHistoryStore } from '../../lib/store/dynamodb.ts';
import type { HistoryStore } from '../../lib/store/store.ts';
import type { CommandContext } from './command.ts';
import { CliFailure } from './failure.ts';
import { DEFAULT_HISTORY_YEARS, retentionOf } from './retention.ts';
import type { Target } from './target.ts';
import type { Terminal } from './terminal.ts';

/** The histories of a target's site. */
export interface Histories {
  readonly store: HistoryStore;
  /** The site's id, or the app instance's, as jobs name it. */
  readonly site: string;
  /** What nothing was heard of for so long is no part of a history. */
  readonly retentionMs: number;
}

/**
 * Opens the histories of a target, and closes them after the work. Says so where the target does not say for how long it
 * remembers.
 * @throws CliFailure where the target keeps none
 */
export async function usingHistories<T>(
  target: Target,
  { terminal, now }: Pick<CommandContext, 'now'> & { readonly terminal: Pick<Terminal, 'err'> },
  work: (histories: Histories) => Promise<T>,
): Promise<T> {
  const { history, name, kind } = target;
  if (!history) {
    const when = kind === 'engine' ? 'started' : 'deployed';
    throw new CliFailure(
      `No history is kept in ${name}: rules.yml had no \`labels:\` when it was ${when}.`,
    );
  }
  const site = siteIn(await target.settings());
  if (!site) throw new CliFailure(`Neither WIX_SITE_ID nor WIX_INSTANCE_ID is set in ${name}.`);
  const client = new DynamoDBClient(history.client);
  const retentionMs = retentionOf(target);
  if (history.years === undefined) terminal.err.write(`${unsaid(target)}\n`);
  const store = createHistoryStore({ client, table: history.table, retentionMs, now });
  try {
    return await work({ store, site, retentionMs });
  } finally {
    client.destroy();
  }
}

const unsaid = ({ name, kind }: Target): string =>
  `For how many years facts are kept (historyYears) is not known of ${name}: ${DEFAULT_HISTORY_YEARS} are taken.\n` +
  `${kind === 'engine' ? 'Start npm start again' : 'Deploy again, npx serverless deploy'}, and it is known.`;
