import { CODE_SOURCES, type CodeSourceName } from '../lib/events/event.ts';
import { codeSources } from '../lib/sources/index.ts';

// The template has some parts once for each source that is code: a route with a throttle, an alarm, and the setting
// with the secret in the environment and in the role. They come from the table of sources. A described source has none.

/**
 * How each request reaches `receive`. A source that is code has a route and a throttle of its own; all that are
 * described in files share the others, so the template does not grow with them. By HEAD and GET senders ask
 * whether there is somebody at the address when it is given to them: ThriveCart, Mailchimp.
 */
export const ROUTE_KEYS: readonly string[] = [
  ...CODE_SOURCES.map((source) => `POST /webhooks/${source}`),
  'POST /webhooks/{source}',
  'POST /webhooks/{source}/{secret}',
  ...['HEAD', 'GET'].flatMap((method) => [
    `${method} /webhooks/{source}`,
    `${method} /webhooks/{source}/{secret}`,
  ]),
];

/** A source's name as a part of a logical id: `StandardWebhooks`. */
const pascal = (source: string): string =>
  source.replaceAll(/(?:^|[^a-z\d])([a-z\d])/g, (_, letter: string) => letter.toUpperCase());

/** As osls names a route's resource (lib/plugins/aws/lib/naming.js); a check of the template holds the two together. */
const routeId = (key: string): string =>
  `HttpApiRoute${key.split(/[ /]+/).map(routePart).join('')}`;

const routePart = (part: string): string => {
  const text = part
    .toLowerCase()
    .replaceAll('-', 'Dash')
    .replace(/\{(.*)\}/, '$1Var');
  return text.charAt(0).toUpperCase() + text.slice(1);
};

/** Gives a parameter of serverless.yml, which is a text where the command line has it. */
type Parameter = (name: string) => Promise<unknown>;

/** What serverless.yml asks for as `${sources:…}`. */
const VALUES: Readonly<Record<string, (parameter: Parameter) => Promise<unknown>>> = {
  /** The events of the function that takes them in. */
  routes: async () => ROUTE_KEYS.map((httpApi) => ({ httpApi })),
  routeIds: async () => ROUTE_KEYS.map(routeId),
  /** The parameters that hold the secrets of the sources that are code. */
  secretArns: async (parameter) => {
    const folder = await parameter('settingsArn');
    return CODE_SOURCES.map((name) => ({
      'Fn::Sub': `${folder}/${codeSources[name].secretSetting}`,
    }));
  },
  /** RouteSettings of the stage. CloudFormation knows no types in there, so these have to be numbers. */
  throttles: async (parameter) => {
    const throttle = {
      ThrottlingRateLimit: Number(await parameter('requestsPerSecond')),
      ThrottlingBurstLimit: Number(await parameter('requestBurst')),
    };
    // Somebody is asked whether they are there once, when an address is given: a tenth is plenty.
    const few = {
      ThrottlingRateLimit: Math.ceil(throttle.ThrottlingRateLimit / 10),
      ThrottlingBurstLimit: Math.ceil(throttle.ThrottlingBurstLimit / 10),
    };
    return Object.fromEntries(
      ROUTE_KEYS.map((key) => [key, key.startsWith('POST ') ? throttle : few]),
    );
  },
};

/** @throws Error for a name that is not in the table */
export async function valueOfSources(name: string, parameter: Parameter): Promise<unknown> {
  const value = VALUES[name];
  if (value) return value(parameter);
  throw new Error(`There is no \${sources:${name}}: there are ${Object.keys(VALUES).join(', ')}.`);
}

const isPattern = (text: unknown): text is string =>
  typeof text === 'string' && /<(?:source|secret)>/i.test(text);

/**
 * Repeats for each source an entry of a map whose key holds a placeholder, and a text of a list that holds one:
 * `<Source>` becomes `StandardWebhooks`, `<source>` `standard-webhooks`, `<SECRET>` `STANDARD_WEBHOOK_SECRET`.
 */
export function forEachSource(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.flatMap((one) =>
      isPattern(one) ? CODE_SOURCES.map((source) => filledIn(one, source)) : [forEachSource(one)],
    );
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) =>
      isPattern(key)
        ? CODE_SOURCES.map((source) => [filledIn(key, source), deepFilledIn(inner, source)])
        : [[key, forEachSource(inner)]],
    ),
  );
}

const filledIn = (text: string, source: CodeSourceName): string =>
  text
    .replaceAll('<source>', source)
    .replaceAll('<Source>', pascal(source))
    .replaceAll('<SECRET>', codeSources[source].secretSetting);

const deepFilledIn = (value: unknown, source: CodeSourceName): unknown =>
  JSON.parse(filledIn(JSON.stringify(value), source));
