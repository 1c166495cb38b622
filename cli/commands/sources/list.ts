import { CODE_SOURCES, type CodeSourceName } from '../../../lib/events/event.ts';
import { loadedSource, sourceFiles } from '../../../lib/sources/authoring/files.ts';
import type { Proof } from '../../../lib/sources/authoring/proofs.ts';
import { knownSource } from '../../../lib/sources/index.ts';
import { table } from '../../../terminal/table.ts';
import type { CommandContext } from '../../kit/command.ts';
import { type Terminal, writeJson } from '../../kit/terminal.ts';
import { many } from '../../kit/words.ts';

interface Listed {
  readonly name: string;
  readonly title: string;
  readonly from: 'code' | 'file' | 'own file';
  /** The user's own file stands in place of Earmark's. */
  readonly replaces?: true;
  readonly proof: string;
  readonly setting: string;
}

/** `earmark sources list`. @throws FileError where a file is broken */
export function list({ json }: { readonly json?: true }, { terminal }: CommandContext): void {
  const sources = [...CODE_SOURCES.map(ofCode), ...[...sourceFiles().keys()].map(ofFile)];
  if (json) writeJson(terminal, { sources });
  else terminal.out.write(renderList(terminal, sources));
}

const CODE: Readonly<Record<CodeSourceName, Pick<Listed, 'title' | 'proof'>>> = {
  shopify: { title: 'Shopify', proof: 'HMAC' },
  woocommerce: { title: 'WooCommerce', proof: 'HMAC' },
  stripe: { title: 'Stripe', proof: 'HMAC with the time' },
  wix: { title: 'Wix', proof: 'JWT' },
  'standard-webhooks': { title: 'Standard Webhooks, Svix', proof: 'Standard Webhooks' },
  custom: { title: 'Zapier, Make, own code', proof: 'bearer or header' },
};

const ofCode = (name: CodeSourceName): Listed => ({
  ...{ name, from: 'code', ...CODE[name], setting: knownSource(name).secretSetting },
});

function ofFile(name: string): Listed {
  const { isOwn, replaces } = sourceFiles().get(name) ?? { isOwn: false, replaces: false };
  const { title, signed } = loadedSource(name)?.file ?? { title: name, signed: [] };
  return {
    ...{ name, title, from: isOwn ? 'own file' : 'file' },
    ...(replaces && { replaces }),
    proof: [signed].flat().map(proofWords).join(', or '),
    setting: knownSource(name).secretSetting,
  };
}

function proofWords(proof: Proof): string {
  switch (proof.scheme) {
    case 'hmac':
      return proof.time || proof.parts?.time ? 'HMAC with the time' : 'HMAC';
    case 'standard-webhooks':
      return 'Standard Webhooks';
    case 'jwt':
      return 'JWT';
    case 'header':
      return `header ${proof.header}`;
    case 'path':
      return 'in the path';
    case 'query':
      return `query ${proof.parameter}`;
    case 'field':
      return `field ${proof.field}`;
    case 'paypal':
      return 'PayPal’s certificate';
    default:
      return proof.scheme;
  }
}

function renderList(terminal: Terminal, sources: readonly Listed[]): string {
  const rows = sources.map(({ name, title, from, replaces, proof }) => [
    ...[name, title, replaces ? `${from}, replaces Earmark’s` : from, proof],
  ]);
  const own = sources.filter(({ from }) => from === 'own file').length;
  const prose = { column: 3, width: terminal.columns };
  return [
    table([['source', 'sender', 'where', 'proof'], ...rows], [], prose),
    '',
    `${many(sources.length, 'source')}, ${own} of them your own (my-sources/). The setting of one is called`,
    'like CAL_COM_WEBHOOK_SECRET; --json has each.',
    '',
  ].join('\n');
}
