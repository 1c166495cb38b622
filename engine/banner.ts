import { relative } from 'node:path';
import type { SourceName } from '../lib/events/event.ts';
import { sourceFiles } from '../lib/sources/authoring/files.ts';
import { secretSettingOf, sourceNames } from '../lib/sources/index.ts';
import type { Engine } from './engine.ts';
import type { Paint } from './screen.ts';
import type { LocalSettings } from './settings.ts';
import { tableFolder } from './state.ts';
import { meantBy } from './unread.ts';

/** What `npm start -- --help` prints. */
export const HELP = `npm start: Earmark on this machine, with no AWS account.

Runs the functions behind a stand-in for SQS, a simulated Wix and an HTTP gateway, wired as serverless.yml
says, then delivers a signed sample from each source that is code, that lies in my-sources/, that a rule
names or whose secret you set. Ctrl-C ends it; what it had to do, and what the simulated Wix holds, is there
again at the next start.

  npm start -- --fresh        forgets all of that first
  npm start -- --rules FILE   runs these rules, with the tests, tables and my-sources/ beside them (rules.yml)

Settings, from the environment or .env (.env.example names them all):
  PORT                 where webhooks are posted (3000; 0 is any free port)
  TUNNEL_HOST          the name of a tunnel through which real webhooks come, as in my-shop.ngrok.app
  WIX_SIMULATOR_PORT   where the simulated Wix listens (3001; 0 is any free port)
  WIX_API_URL          set it to https://www.wixapis.com to label the contacts of a real site, with
                       WIX_API_KEY and WIX_SITE_ID; then no samples are delivered
  WORKER_CONCURRENCY, WIX_REQUESTS_PER_MINUTE
                       how many workers label, and how many requests a minute they share (2, 180)
  EARMARK_STATE        the file by which "./earmark" finds it (.earmark/engine.json)
  NO_COLOR             print no colours

docs/local.md says more.`;

/** The addresses and the development secrets, up to and with the line that says it is ready. */
export function banner(
  engine: Engine,
  settings: LocalSettings,
  sources: readonly SourceName[],
  journal: string,
  paint: Paint,
): string {
  const { environment, defaults } = settings;
  const secrets = sources.map((source) => {
    const name = secretSettingOf(source);
    return `  ${source.padEnd(18)} ${name.padEnd(28)} ${shown(name, settings)}`;
  });
  const more = sourceNames().length - sources.length;
  const credentials = ['WIX_API_KEY', 'WIX_SITE_ID', 'WIX_APP_ID', 'WIX_INSTANCE_ID']
    .filter((name) => environment[name])
    .map((name) => `${name} ${shown(name, settings)}`);
  const wix = engine.wix
    ? `simulated Wix   ${engine.wix.url}   ${credentials.join(', ')}`
    : `Wix             ${environment.WIX_API_URL}   a real site: its contacts will be labelled`;
  return [
    '',
    `  page            ${engine.url}`,
    `  webhooks        ${engine.url}/webhooks/{source}`,
    `  ${wix}`,
    `  queue           ${engine.queueUrl}   kept in ${relative('', journal)}`,
    ...(engine.history
      ? [
          `  histories       ${engine.history.endpoint}   kept in ${relative('', tableFolder(journal))}`,
        ]
      : []),
    ...clockLine(engine.clock),
    '',
    paint.dim(`  ${'source'.padEnd(18)} ${'setting'.padEnd(28)} secret`),
    ...secrets,
    ...replacing(),
    ...settings.unread.map((name) =>
      paint.bad(`  ${name} is the setting of no source. ${meantBy(name)}`),
    ),
    ...(more > 0 ? [`  and ${more} more: ./earmark sources list`] : []),
    ...(defaults.size > 0
      ? [
          '',
          paint.dim(
            `  ${engine.wix ? 'Development secrets: for this machine alone.' : 'Made up at this start: they change with the next.'}`,
          ),
        ]
      : []),
    '',
    `Earmark is ready on ${engine.url}`,
    '',
  ].join('\n');
}

/** Only where it is not that of the system: `./earmark clock` moves it. */
function clockLine({ now, aheadMs }: Engine['clock']): readonly string[] {
  if (aheadMs() === 0) return [];
  const time = `${new Date(now()).toISOString().slice(0, 16)}Z`;
  return [`  clock           ${time}   moved on; npm start -- --fresh sets it back`];
}

/** The user's own files that stand in place of Earmark's. */
const replacing = (): readonly string[] =>
  [...sourceFiles()].flatMap(([name, { replaces }]) =>
    replaces ? [`  my-sources/${name}.yml is read in place of Earmark's own ${name}`] : [],
  );

/** Development defaults are shown; what came from the environment is the user's to know. */
function shown(name: string, { environment, defaults }: LocalSettings): string {
  if (!defaults.has(name)) return '(from the environment)';
  if (name === 'WIX_WEBHOOK_PUBLIC_KEY') return '(a key pair made at this start)';
  return environment[name] ?? '';
}

/** A request to try next, which works as it stands. */
export function whatNext(engine: Engine, { signingSecrets }: LocalSettings): string {
  const secret = signingSecrets.custom ?? '$CUSTOM_WEBHOOK_SECRET';
  const email = engine.wix ? 'ada@example.com' : 'somebody@on-your-site';
  return `
Send one yourself, from another terminal (\`./earmark --help\` has more):

  ./earmark send shopify order.paid --email ${email}
  ./earmark explain ${email}

Or by hand:

  curl ${engine.url}/webhooks/custom \\
    -H 'authorization: Bearer ${secret}' -H 'content-type: application/json' \\
    -d '{"event":"order.paid","email":"${email}","order_id":"1001","total":250,"currency":"USD","products":"Mug"}'

Save rules.yml, and what it says runs at once. Ctrl-C ends Earmark.
`;
}
