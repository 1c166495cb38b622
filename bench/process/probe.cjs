// One process of a function, from its start on: loads a bundle and answers events one after the other, as
// Lambda's runtime does. Arguments: the bundle, a file with one event a line. Writes to descriptor 3 what it
// had used at each point, and its last answer.
// Plain CommonJS, so that the process pays neither for stripping types nor for loading an ES module.
const { openSync, readSync, writeSync } = require('node:fs');

/** Milliseconds since the process began, its CPU time (all threads), and the most memory it ever held. */
const used = () => {
  const ms = performance.now();
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return { ms, cpuMs: (userCPUTime + systemCPUTime) / 1000, memoryMib: maxRSS / 1024 };
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
  // In Lambda the calls of an answer go over TLS. A benchmark without TLS loads it here, so that no bundle
  // wins by not loading it. (The empty handler gives no answer and calls nobody.)
  if (answer) require('node:https');
  const first = used();
  for (const next of events) answer = await handler(next, context);
  writeSync(3, JSON.stringify({ boot, began, loaded, first, last: used(), answer }));
  process.exit(0);
}
void run(process.argv[2], process.argv[3]);
