// One process of a function: loads its bundle and has it answer events one after the other, as Lambda's
// runtime does. Arguments: the bundle, a file with one event a line. Writes what it used to descriptor 3
// as { boot, began, loaded, first, last, answer }: CPU time in milliseconds since the process began (of all
// threads, user and system), and the most memory it had held by then (MiB).
// Plain CommonJS, so that the process pays neither for stripping types nor for loading an ES module.
const { openSync, readSync, writeSync } = require('node:fs');

const used = () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return { cpuMs: (userCPUTime + systemCPUTime) / 1000, memoryMib: maxRSS / 1024 };
};

/** One at a time, as they come in Lambda: an array of all would be held in memory. */
function* readEvents(path) {
  const file = openSync(path, 'r');
  const chunk = Buffer.alloc(65_536);
  let parts = [];
  for (let size = readSync(file, chunk); size > 0; size = readSync(file, chunk)) {
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1 && end < size; end = chunk.indexOf(10, from)) {
      parts.push(Buffer.from(chunk.subarray(from, end)));
      yield JSON.parse(Buffer.concat(parts).toString());
      parts = [];
      from = end + 1;
    }
    parts.push(Buffer.from(chunk.subarray(from, size)));
  }
}

async function run(bundle, eventsFile) {
  const boot = used();
  const events = readEvents(eventsFile);
  const context = { awsRequestId: '0', getRemainingTimeInMillis: () => 60_000 };
  const { value: event } = events.next();
  const began = used();
  const { handler } = require(bundle);
  const loaded = used();
  let answer = await handler(event, context);
  const first = used();
  for (const next of events) answer = await handler(next, context);
  writeSync(3, JSON.stringify({ boot, began, loaded, first, last: used(), answer }));
  process.exit(0);
}
void run(process.argv[2], process.argv[3]);
