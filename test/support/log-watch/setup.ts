import { afterAll } from '@jest/globals';
import { divertLog } from '../../../lib/runtime/log.ts';
import { endRecords, recordLog } from './record.ts';

// Before each test file: whatever it logs is recorded, also where a test keeps it from standard output.
divertLog((line) => {
  recordLog(line);
  process.stdout.write(line);
});
afterAll(endRecords);
