import type { Explanation } from '../../yaml/explain-schema.ts';
import { didYouMean } from '../../yaml/suggest.ts';
import type { SourceFile } from './schema.ts';

type Path = Explanation['path'];
type Meaning = Exclude<SourceFile['events'][string], readonly unknown[]>;

/** What a file says that cannot be meant: a file may have the right form and never label anybody. */
export function checkMeaning(file: SourceFile): readonly Explanation[] {
  const { events, samples } = file;
  const topics = Object.keys(events);
  const meanings = Object.entries(events).flatMap(([topic, one]) =>
    Array.isArray(one)
      ? one.map((meaning, i) => ({ meaning, path: ['events', topic, i], of: one, i }))
      : [{ meaning: one, path: ['events', topic], of: [one], i: 0 }],
  );
  return [
    ...checkProofs(file),
    ...checkCurrency(file, []),
    ...meanings.flatMap(({ meaning, path, of, i }) => [
      ...checkOrder(file, meaning, path),
      ...checkCurrency(meaning, path),
      ...(i < of.length - 1 && !meaning.when && !meaning.unless
        ? [
            {
              path,
              message:
                'the meanings after this one are never reached: give it a `when`, or put it last',
            },
          ]
        : []),
    ]),
    ...samples.flatMap(({ topic }, i) => {
      if (topics.includes(topic)) return [];
      const message =
        `there is no \`${topic}\` under \`events\`. ${didYouMean(topic, topics)}`.trim();
      return [{ path: ['samples', i, 'topic'], message }];
    }),
    ...topics.flatMap((topic) => {
      if (samples.some((sample) => sample.topic === topic)) return [];
      const message = `\`${topic}\` has no sample: add one under \`samples\``;
      return [{ path: ['events'], key: topic, message }];
    }),
  ];
}

/** An order of which nothing is known would match every rule that asks for nothing. */
function checkOrder(
  file: SourceFile,
  { is, order, incomplete }: Meaning,
  path: Path,
): readonly Explanation[] {
  const type = [is].flat().find((one) => one?.startsWith('order.'));
  if (type === undefined || order || file.order || incomplete) return [];
  const message = `${type} needs an \`order\`, here or at the top: its \`id\` at least`;
  return [{ path: [...path, 'is'], message }];
}

function checkCurrency(
  { order, subscription }: Pick<Meaning, 'order' | 'subscription'>,
  path: Path,
): readonly Explanation[] {
  const lacking = [
    order && !order.currency && holdsMinor(order) && 'order',
    subscription &&
      !subscription.currency &&
      !order?.currency &&
      holdsMinor(subscription) &&
      'subscription',
  ];
  return lacking.filter(Boolean).map((section) => ({
    path: [...path, String(section)],
    message: '`minor` needs the `currency`: say where it stands, or { constant: USD }',
  }));
}

const holdsMinor = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(value).some(([key, inner]) => key === 'minor' || holdsMinor(inner));

const PIECE = /^(?:body|time|url|method|header [a-z0-9-]+|field \S+|[^\p{L}\p{N}]+)$/u;
const PIECES = 'body, time, url, method, `header NAME`, `field PATH`, and texts without a letter';

function checkProofs({ signed }: SourceFile): readonly Explanation[] {
  const proofs = [signed].flat();
  return proofs.flatMap((proof, i): readonly Explanation[] => {
    if (proof.scheme !== 'hmac') return [];
    const path = Array.isArray(signed) ? ['signed', i, 'over'] : ['signed', 'over'];
    const wrong = proof.over.findIndex((piece) => !PIECE.test(piece));
    if (wrong >= 0) {
      const message = `\`${proof.over[wrong]}\` is no piece of what is signed: there are ${PIECES}`;
      return [{ path: [...path, wrong], message }];
    }
    return proof.over.some((piece) => piece === 'body' || piece.startsWith('field '))
      ? []
      : [{ path, message: 'nothing of the body is signed: name `body`, or a `field` of it' }];
  });
}
