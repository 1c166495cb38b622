import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { SourceName } from '../lib/events/event.ts';
import { givenValue, malformed, type SettingName } from '../lib/runtime/settings.ts';
import { knownSource, secretSettingOf, sourceNames } from '../lib/sources/index.ts';
import { signingSecret } from '../lib/sources/signing/secrets.ts';
import { sampleSecret } from '../samples/samples.ts';
import type { WixSimulatorOptions } from '../simulators/wix/simulator.ts';
import { unreadSecrets } from './unread.ts';

/** What the engine is started with, from the environment and development defaults. */
export interface LocalSettings {
  /** 0: any free port. */
  readonly port: number;
  /** The name by which a tunnel calls the gateway, besides those of this machine. */
  readonly tunnelHost?: string;
  readonly simulatorPort: number;
  /** What the functions find in their environment in place of what the template says there. */
  readonly environment: Readonly<Record<string, string>>;
  /** Absent: a real site, at `environment.WIX_API_URL`. */
  readonly simulatedWix?: Pick<
    WixSimulatorOptions,
    'apiKey' | 'siteId' | 'app' | 'requestsPerMinute' | 'labelsQuota'
  >;
  /** What each source's samples are signed with; one that is absent cannot be signed here. */
  readonly signingSecrets: Readonly<Record<SourceName, string>>;
  /** The settings that are development defaults, not the user's. */
  readonly defaults: ReadonlySet<string>;
  /** What is set as if it were a source's secret, and is the setting of no source. */
  readonly unread: readonly string[];
}

/** Says in its message which setting is wrong and what to do about it. */
class LocalSettingsError extends Error {
  override readonly name = 'LocalSettingsError';
}

const APP_SETTINGS = ['WIX_APP_ID', 'WIX_APP_SECRET', 'WIX_INSTANCE_ID'] as const;
const WIX_SETTINGS = ['WIX_API_KEY', 'WIX_SITE_ID', ...APP_SETTINGS] as const;
/** What may be set besides, and has a form to keep to. */
const OTHER_SETTINGS = ['WIX_API_URL', 'WIX_REQUESTS_PER_MINUTE', 'WORKER_CONCURRENCY'] as const;
const AWS_SETTINGS = [
  'AWS_REGION',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
];

/**
 * Reads the settings. One found in `env` (blank counts as absent) wins over the development default.
 *
 * @param before the settings of an engine that runs: what was made up for it stays
 * @throws LocalSettingsError
 */
export function readLocalSettings(env: NodeJS.ProcessEnv, before?: LocalSettings): LocalSettings {
  const given = givenSettings(env);
  const realSite = given.has('WIX_API_URL');
  const secrets = secretDefaults(realSite, before);
  const defaults = new Map([...secrets.values, ...wixDefaults(given, realSite)]);
  for (const name of given.keys()) defaults.delete(name);
  const environment = Object.fromEntries([...defaults, ...given]);
  checkForms(environment);
  checkWix(environment, realSite);
  const tunnelHost = readOwn(
    env,
    'TUNNEL_HOST',
    (text) => /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i.test(text),
    'the name alone, as in my-shop.ngrok.app',
  );
  // What a site of the simulated Wix takes; unset, as the real one is thought to.
  const limitOf = (name: string): string | undefined =>
    readOwn(env, name, (text) => /^[1-9]\d{0,8}$/.test(text), 'a whole number from 1 up');
  const requests = limitOf('WIX_SIMULATOR_REQUESTS_PER_MINUTE');
  const labels = limitOf('WIX_SIMULATOR_LABELS_LIMIT');
  const simulatedWix = {
    ...access(environment),
    ...(requests && { requestsPerMinute: Number(requests) }),
    ...(labels && { labelsQuota: Number(labels) }),
  };
  return {
    port: readPort(env, 'PORT', 3000),
    ...(tunnelHost && { tunnelHost: tunnelHost.toLowerCase() }),
    simulatorPort: readPort(env, 'WIX_SIMULATOR_PORT', 3001),
    environment,
    ...(!realSite && { simulatedWix }),
    signingSecrets: signingSecrets(
      environment,
      defaults,
      given.has('WIX_WEBHOOK_PUBLIC_KEY') ? undefined : secrets.wixPrivateKey,
    ),
    defaults: new Set(defaults.keys()),
    unread: unreadSecrets(env),
  };
}

/** What `env` has of the functions' settings. The queues' are not among them: they are the engine's. */
function givenSettings(env: NodeJS.ProcessEnv): Map<string, string> {
  const names = [...OTHER_SETTINGS, ...WIX_SETTINGS, ...sourceNames().map(secretSettingOf)];
  const given = names.flatMap((name): [string, string][] => {
    const value = givenValue(name, env[name]);
    return value ? [[name, value]] : [];
  });
  // The functions need the user's AWS credentials only to read Parameter Store.
  const readsParameters = given.some(([, value]) => value.startsWith('ssm:'));
  const aws = AWS_SETTINGS.flatMap((name): [string, string][] => {
    const value = env[name];
    return value && readsParameters ? [[name, value]] : [];
  });
  return new Map([...given, ...aws]);
}

/** Known secrets for a simulated site. A real one must not open to a reader of this file. */
function secretDefaults(realSite: boolean, before?: LocalSettings) {
  const wix = wixKeys(before);
  const secretOf = (name: SourceName): [string, string] => {
    const setting = secretSettingOf(name);
    const known = before?.defaults.has(setting) && before.environment[setting];
    // A known one is made again: the form that a source wants may be another than before.
    if (known && realSite) return [setting, known];
    const text = realSite ? randomBytes(24).toString('base64url') : `dev-${name}-secret`;
    return [setting, sampleSecret(name, text)];
  };
  const values = new Map(sourceNames().map(secretOf)).set(secretSettingOf('wix'), wix.publicKey);
  return { values, wixPrivateKey: wix.privateKey };
}

/** The pair that samples of Wix are signed and verified with. */
function wixKeys(before: LocalSettings | undefined) {
  const known = before?.environment[secretSettingOf('wix')];
  if (known && before.signingSecrets.wix) {
    return { publicKey: known, privateKey: before.signingSecrets.wix };
  }
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function wixDefaults(given: ReadonlyMap<string, string>, realSite: boolean): [string, string][] {
  if (realSite || APP_SETTINGS.some((name) => given.has(name))) return [];
  return [
    ['WIX_API_KEY', 'dev-wix-api-key'],
    ['WIX_SITE_ID', '00000000-0000-4000-8000-000000000001'],
  ];
}

function checkForms(environment: Readonly<Record<string, string>>): void {
  const values = OTHER_SETTINGS.flatMap((name): [SettingName, string][] => {
    const value = environment[name];
    return value && !value.startsWith('ssm:') ? [[name, value]] : [];
  });
  const [problem] = malformed(new Map(values));
  if (problem) throw new LocalSettingsError(problem);
  if (environment.WORKER_CONCURRENCY?.startsWith('ssm:')) {
    throw new LocalSettingsError(
      `WORKER_CONCURRENCY is ${environment.WORKER_CONCURRENCY}, and the engine starts as many workers ` +
        'without asking Parameter Store. Set the number itself.',
    );
  }
}

function checkWix(environment: Readonly<Record<string, string>>, realSite: boolean): void {
  const has = (name: string) => environment[name] !== undefined;
  const complete =
    (has('WIX_API_KEY') && has('WIX_SITE_ID')) || APP_SETTINGS.every((name) => has(name));
  if (!complete) {
    const missing = [...WIX_SETTINGS].filter((name) => !has(name)).join(', ');
    throw new LocalSettingsError(
      `The Wix credentials are not complete: ${missing} not set. Set WIX_API_KEY and WIX_SITE_ID, or ` +
        `${APP_SETTINGS.join(', ')}${realSite ? '' : ', or none of them for development ones'}.`,
    );
  }
  const unread = WIX_SETTINGS.find((name) => environment[name]?.startsWith('ssm:'));
  if (unread && !realSite) {
    throw new LocalSettingsError(
      `${unread} is ${environment[unread]}, which the simulated Wix cannot read. Set the value itself, ` +
        'or set WIX_API_URL=https://www.wixapis.com to label the contacts of the real site.',
    );
  }
}

/** The simulated Wix opens to what the functions will use. */
function access(environment: Readonly<Record<string, string>>) {
  const { WIX_API_KEY: apiKey, WIX_SITE_ID: siteId } = environment;
  const { WIX_APP_ID: appId, WIX_APP_SECRET: appSecret, WIX_INSTANCE_ID: instance } = environment;
  return {
    ...(apiKey && siteId && { apiKey, siteId }),
    ...(appId &&
      appSecret &&
      instance && { app: { id: appId, secret: appSecret, instanceIds: [instance] } }),
  };
}

/** The first of several secrets signs, and a default is one. A reference, or the public half of a pair, cannot. */
function signingSecrets(
  environment: Readonly<Record<string, string>>,
  defaults: ReadonlyMap<string, string>,
  wixPrivateKey: string | undefined,
): Record<SourceName, string> {
  const secretOf = (name: SourceName): string | undefined => {
    if (name === 'wix') return wixPrivateKey;
    const setting = secretSettingOf(name);
    return defaults.get(setting) ?? signingSecret(knownSource(name), environment[setting]);
  };
  const secrets = sourceNames().flatMap((name) => {
    const secret = secretOf(name);
    return secret === undefined ? [] : [[name, secret]];
  });
  return Object.fromEntries(secrets);
}

/**
 * A setting of the engine alone.
 * @param remedy what to set it to
 * @returns undefined where it is not set, or blank
 */
function readOwn(
  env: NodeJS.ProcessEnv,
  name: string,
  isRight: (text: string) => boolean,
  remedy: string,
): string | undefined {
  const text = env[name]?.trim();
  if (!text || isRight(text)) return text || undefined;
  throw new LocalSettingsError(`${name} is "${text}". Set it to ${remedy}.`);
}

const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) <= 65_535;

const readPort = (env: NodeJS.ProcessEnv, name: string, fallback: number): number =>
  Number(readOwn(env, name, isPort, 'a port number (0 to 65535)') ?? fallback);
