// One cold start, measured from inside: loads a bundle and has it answer one event, as Lambda's runtime
// does. Arguments: the bundle, the event as JSON. Writes { loadedMs, answeredMs, answer } to descriptor
// 3; both times are milliseconds since the process began.
// Plain CommonJS, so that a process pays neither for stripping types nor for loading an ES module.
const { writeSync } = require('node:fs');

const [, , bundle, eventText] = process.argv;
const event = JSON.parse(eventText);
const context = {
  awsRequestId: '00000000-0000-4000-8000-000000000000',
  functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
  getRemainingTimeInMillis: () => 60_000,
};

const { handler } = require(bundle);
const loadedMs = performance.now();

handler(event, context).then((answer) => {
  // In Lambda the calls of an answer go over TLS, and here they do not. Who put off loading it must not
  // win by that, so it is loaded now if it was not. (The empty handler gives no answer, and calls nobody.)
  if (answer) require('node:https');
  const answeredMs = performance.now();
  writeSync(3, JSON.stringify({ loadedMs, answeredMs, answer }));
  process.exit(0);
});
