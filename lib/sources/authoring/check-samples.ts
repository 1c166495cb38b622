import type { Explanation } from '../../yaml/explain-schema.ts';
import { asVerified } from '../as-verified.ts';
import type { Description } from '../described/description.ts';
import { readDescribed } from '../described/reader.ts';
import { isObject } from '../payload/access.ts';
import type { Reading, Verified } from '../source.ts';
import { formText } from './form-text.ts';
import type { SourceFile } from './schema.ts';

type Sample = SourceFile['samples'][number];
type Path = Explanation['path'];

/** What a sample's sender would post. Header names are lower case. */
export function samplePost({ headers, body, form }: Sample): {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
} {
  const type = form ? 'application/x-www-form-urlencoded' : 'application/json';
  return {
    headers: { 'content-type': type, ...headers },
    body: form ? formText(form) : JSON.stringify(body),
  };
}

/** A sample as the delivery that the reader takes. Its time is any: what a sample expects of it stands in its body. */
export function verifiedSample(sample: Sample): Verified {
  const { headers, body } = samplePost(sample);
  return asVerified({}, { headers, body: Buffer.from(body), receivedAt: 0 });
}

/** Reads each sample, and compares with what it expects. */
export const checkSamples = (
  description: Description,
  samples: readonly Sample[],
): readonly Explanation[] =>
  samples.flatMap((sample, i) => {
    const reading = readDescribed(description, verifiedSample(sample));
    return compare(reading, sample, ['samples', i, 'expect']);
  });

function compare(reading: Reading, { topic, expect }: Sample, path: Path): readonly Explanation[] {
  if (reading.kind === 'unreadable') {
    return [{ path, message: `the sample of \`${topic}\` is not read: ${reading.reason}` }];
  }
  const { is, incomplete, ...fields } = expect;
  if (reading.kind === 'ignored') {
    if (is === 'ignored') return [];
    return [{ path, message: `the sample of \`${topic}\` is ignored: ${reading.reason}` }];
  }
  const [event] = reading.events;
  const types = reading.events.map(({ type }) => type);
  const isIgnored = reading.unheard?.kind === 'ignored';
  const read = isIgnored ? 'ignored' : types.join(', ');
  const expected = [is].flat().join(', ');
  if (read !== expected) {
    return [
      {
        path: [...path, 'is'],
        message: `the sample is read as ${read}, where ${expected} is expected`,
      },
    ];
  }
  if (event.topic !== topic) {
    return [{ path, message: `the sample has the topic \`${event.topic}\`, and not \`${topic}\`` }];
  }
  if (incomplete !== undefined && incomplete !== (reading.incomplete !== undefined)) {
    return [
      {
        path: [...path, 'incomplete'],
        message: 'the event of the sample does not say `incomplete`',
      },
    ];
  }
  return differences(event, fields, path, []);
}

/** A message for each expected value that is not there. */
function differences(
  read: unknown,
  expected: unknown,
  path: Path,
  field: readonly (string | number)[],
): readonly Explanation[] {
  if (isObject(expected) && isObject(read)) {
    return Object.entries(expected).flatMap(([key, value]) =>
      differences(read[key], value, [...path, key], [...field, key]),
    );
  }
  if (Array.isArray(expected) && Array.isArray(read) && expected.length === read.length) {
    return expected.flatMap((value, i) => differences(read[i], value, [...path, i], [...field, i]));
  }
  if (Object.is(read, expected)) return [];
  const found = read === undefined ? 'is not found' : `is read as ${JSON.stringify(read)}`;
  return [
    {
      path,
      message: `\`${field.join('.')}\` ${found}, where ${JSON.stringify(expected)} is expected`,
    },
  ];
}
