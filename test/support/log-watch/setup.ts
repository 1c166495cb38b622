import { afterAll } from '@jest/globals';
import { setLogSink } from '../../../lib/runtime/log.ts';
import { endRecords, recordLog } from './record.ts';

// Before each test file: whatever it logs is recorded, also where a test keeps it from standard output.
setLogSink((line) => {
  recordLog(line);
  process.stdout.write(line);
});
afterAll(endRecords);
