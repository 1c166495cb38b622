import { describe, expect, test } from '@jest/globals';
import { hasBulkJobEnded, startBulkLabelling } from '../../lib/wix/bulk.ts';
import type { Call } from '../../lib/wix/calls/client.ts';
import { WixError } from '../../lib/wix/calls/failure.ts';
import { answeringCall } from '../support/answering-call.ts';

test('a job is started with a filter on ids', async () => {
  const { call, sent } = answeringCall({ jobId: 'job-1' });

  const id = await startBulkLabelling(call, { contactIds: ['a', 'b'], add: ['x'], remove: ['y'] });

  expect(id).toBe('job-1');
  expect(sent).toEqual([
    {
      operation: 'bulkLabelAndUnlabelContacts',
      method: 'POST',
      path: '/contacts/v4/bulk/contacts/add-remove-labels',
      body: {
        filter: { id: { $in: ['a', 'b'] } },
        labelKeysToAdd: ['x'],
        labelKeysToRemove: ['y'],
      },
    },
  ]);
});

describe('the state of a job', () => {
  test.each([
    [{ status: 'RUNNING' }, false],
    [{ status: 'INDEXING', failedTotal: 0 }, false],
    [{ status: 'COMPLETED', successTotal: 3, failedTotal: 2 }, true],
    [{ status: 'COMPLETED', processedCount: 3, failedCount: 2 }, true],
    [{ status: 'FAILED' }, true],
    [{ finishedDate: '2026-11-22T00:00:00Z' }, true],
    [{}, false],
  ])('%j: %j', async (job, expected) => {
    const { call } = answeringCall({ job });

    expect(await hasBulkJobEnded(call, 'job-1')).toBe(expected);
  });

  const refusing = (status: number, ...paths: string[]) => {
    const asked: string[] = [];
    const call: Call = async ({ path, operation, answer }) => {
      asked.push(path);
      if (paths.some((refused) => path.startsWith(refused))) {
        throw new WixError({ operation, kind: 'answer', status });
      }
      return answer.parse({ job: { status: 'COMPLETED' } });
    };
    return { call, asked };
  };

  test('the other path is tried on 404', async () => {
    const { call, asked } = refusing(404, '/contacts/v4/bulk/jobs/');

    expect(await hasBulkJobEnded(call, 'job/1')).toBe(true);
    expect(asked).toEqual([
      '/contacts/v4/bulk/jobs/job%2F1',
      '/contacts/v4/bulk/contact/jobs/job%2F1',
    ]);
  });

  test('a job that neither path knows is unknown', async () => {
    const { call } = refusing(404, '/contacts/v4/bulk/');

    expect(await hasBulkJobEnded(call, 'job-1')).toBeUndefined();
  });

  test('any other refusal is thrown', async () => {
    const { call, asked } = refusing(403, '/contacts/v4/bulk/jobs/');

    await expect(hasBulkJobEnded(call, 'job-1')).rejects.toThrow('403');
    expect(asked).toHaveLength(1);
  });
});
