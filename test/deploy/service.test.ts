import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { serviceOf } from '../../scripts/service.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earmark-service-'));
});
afterEach(() => rm(folder, { recursive: true }));

const service = async (parameters: string) => {
  await writeFile(join(folder, 'parameters.yml'), parameters);
  return (await serviceOf(folder)) as { params: object; plugins: readonly string[] };
};

test('a project’s parameters stand before Earmark’s, and a stage’s under its name', async () => {
  const { params, plugins } = await service(
    'default: { alarmEmail: kim@example.com }\nprod: { workerConcurrency: 3 }\n',
  );

  expect(params).toMatchObject({
    default: { alarmEmail: 'kim@example.com', workerConcurrency: 2, rules: 'rules.yml' },
    prod: { workerConcurrency: 3 },
  });
  expect(plugins).toEqual(['./vendor/earmark/scripts/serverless-plugin.ts']);
});

test.each([[''], ['# nothing yet\n'], ['default:\n']])('%j changes nothing', async (text) => {
  const ours = (await serviceOf(folder)) as object;
  expect(await service(text)).toMatchObject(ours);
});

test.each([
  [
    'prod: { alarmEMail: kim@example.com }',
    'prod.alarmEMail is no parameter. Did you mean `alarmEmail`?',
  ],
  ['default: { accessLog: }', 'default.accessLog is no single value'],
  ['[alarmEmail]', 'parameters.yml is no map'],
  ['alarmEmail: kim@example.com', 'parameters.yml: alarmEmail is no map'],
])('%s is refused', async (text, problem) => {
  await expect(service(text)).rejects.toThrow(problem);
});
