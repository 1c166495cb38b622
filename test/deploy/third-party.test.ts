import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { bundle } from '../../scripts/bundles.ts';
import { ROOT } from '../../scripts/template.ts';
import {
  billOfMaterials,
  noticesText,
  type ThirdParty,
  thirdParties,
} from '../../scripts/third-party.ts';

describe('the packages in the bundles', () => {
  let parties: readonly ThirdParty[];
  beforeAll(async () => {
    const bundles = Object.values(await bundle(true));
    parties = await thirdParties(bundles.flatMap(({ files }) => files.map(({ name }) => name)));
  });

  test('are those that the bundles hold, once each, and no room of ours', () => {
    const names = parties.map(({ name }) => name);

    expect(names).toEqual(expect.arrayContaining(['@aws-sdk/client-sqs', '@smithy/core', 'zod']));
    expect(names).not.toContain('esbuild');
    expect(new Set(names).size).toBe(names.length);
  });

  test('have licences that allow to pass them on with a notice', () => {
    for (const { name, license } of parties) {
      expect([name, license]).toEqual([
        name,
        expect.stringMatching(/^(?:MIT|Apache-2\.0|ISC|0BSD|BSD-[23]-Clause)$/),
      ]);
    }
  });

  test('are each in the notices, with the text of their licence', () => {
    const text = noticesText(parties);

    for (const { name, version, notices } of parties) {
      expect(text).toContain(`${name}@${version} (`);
      for (const notice of notices) expect(text).toContain(notice);
    }
  });

  test('are each in the bill of materials, with version, licence and package URL', () => {
    const { components } = JSON.parse(billOfMaterials('1.2.3', parties)) as {
      components: { name: string; purl: string }[];
    };

    expect(components.map(({ name }) => name)).toEqual(parties.map(({ name }) => name));
    expect(components).toContainEqual(
      expect.objectContaining({
        name: '@smithy/core',
        purl: expect.stringMatching(/^pkg:npm\/%40smithy\/core@\d+\.\d+\.\d+$/),
        licenses: [{ expression: 'Apache-2.0' }],
      }),
    );
  });
});

test('a package that names no licence is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'earmark-licence-'));
  const project = relative(ROOT, join(folder, 'node_modules/nameless'));
  await mkdir(join(ROOT, project), { recursive: true });
  await writeFile(
    join(ROOT, project, 'package.json'),
    '{ "name": "nameless", "version": "1.0.0" }',
  );

  await expect(thirdParties([`${project}/index.js`])).rejects.toThrow(
    'nameless@1.0.0 names no licence',
  );
  await rm(folder, { recursive: true });
});
