import { createPrivateKey } from 'node:crypto';
import type { SourceName } from '../../../lib/events/event.ts';
import { knownSource } from '../../../lib/sources/index.ts';
import { signingSecret } from '../../../lib/sources/signing/secrets.ts';
import { CliFailure, EXIT, wrongUsage } from '../../kit/failure.ts';
import { readText } from '../../kit/files.ts';
import type { Target } from '../../kit/target.ts';

export interface SecretOptions {
  readonly secret?: string;
  readonly privateKey?: string;
}

/**
 * What a delivery is signed with: what the command line says, else what the target knows, else, with a
 * URL alone, the environment.
 * @throws CliFailure saying why there is none and what to do
 */
export async function secretFor(
  source: SourceName,
  { secret, privateKey }: SecretOptions,
  target: Target | undefined,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  if (privateKey !== undefined && source !== 'wix') {
    throw wrongUsage(`--private-key is for wix: ${source} signs with a shared secret, --secret.`);
  }
  if (secret !== undefined && source === 'wix') {
    throw wrongUsage('--secret is not for wix, which signs with --private-key.');
  }
  if (privateKey !== undefined) return readKey(privateKey);
  if (secret !== undefined) {
    const problem = knownSource(source).secretProblem?.(secret);
    if (!problem && !secret.startsWith('whpk_')) return secret;
    throw wrongUsage(`--secret cannot sign: ${problem ?? 'it is a public key (whpk_)'}.`);
  }
  const { secretSetting } = knownSource(source);
  const known = target
    ? await target.signingSecret(source)
    : source === 'wix'
      ? undefined
      : signingSecret(knownSource(source), env[secretSetting]);
  if (known && !known.startsWith('whpk_')) return known;
  throw new CliFailure(await whyNot(source, target), target ? EXIT.found : EXIT.usage);
}

async function readKey(file: string): Promise<string> {
  const pem = await readText(file, process.cwd(), 'Name the key in PEM that Wix would sign with.');
  try {
    if (createPrivateKey(pem).asymmetricKeyType === 'rsa') return pem;
  } catch {
    // Said below; the system's own words may quote the key.
  }
  throw wrongUsage(`${file} is no private RSA key in PEM. Wix signs with one.`);
}

async function whyNot(source: SourceName, target: Target | undefined): Promise<string> {
  const { secretSetting } = knownSource(source);
  if (source === 'wix') {
    return `A delivery of wix cannot be signed: Wix alone has the private key, and ${secretSetting} is its public half.
Make a pair of your own (openssl genrsa -out key.pem 2048; openssl rsa -in key.pem -pubout), add the public
key to ${secretSetting}, separated by a comma, and sign with --private-key key.pem.`;
  }
  if (!target) {
    return `Say what signs: --secret, or ${secretSetting} in the environment. (A URL is not sent the secret of an engine or a stage.)`;
  }
  const setting = (await target.settings()).get(secretSetting);
  if (!setting) {
    const remedy =
      target.kind === 'engine'
        ? 'Start it again where .env has it; of my-sources/ what npm start prints says whether it was taken.'
        : 'Set it there first (docs/deploy.md).';
    return `${secretSetting} is not set at ${target.name}: it refuses every delivery of ${source}. ${remedy}`;
  }
  return setting.includes('whpk_')
    ? `A delivery of ${source} cannot be signed: ${secretSetting} is a public key (whpk_), whose other half the sender alone has.
Add a whsec_ secret of your own to it, separated by a comma, and sign with --secret.`
    : `${secretSetting} is not known here in plain text. Give it: --secret.`;
}
