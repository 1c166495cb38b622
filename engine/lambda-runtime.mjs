// The runtime inside a function's process: what Lambda's own runtime does, over IPC instead of
// HTTP. The engine (function-process.ts) starts it with the bundle and the export as arguments,
// and sends one invocation at a time: { id, event, deadlineMs, aheadMs }. The engine's clock is so far
// ahead of the system's (simulators/movable-clock.ts), and so is `Date` here; deadlineMs is a time of it.
// Plain JavaScript, so that a process does not pay for stripping types.
import { createRequire } from 'node:module';

const [, , bundle, exportName, lead] = process.argv;

let aheadMs = Number(lead);
moveDate();

// The engine is gone, even by SIGKILL: nothing may stay behind.
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole group of processes; the engine decides when this one ends.
process.on('SIGINT', () => {});

const { [exportName]: handler } = createRequire(import.meta.url)(bundle);
if (typeof handler !== 'function') throw new Error(`${bundle} has no export "${exportName}".`);

process.on('message', async ({ id, event, deadlineMs, aheadMs: ahead }) => {
  aheadMs = ahead;
  try {
    const result = await handler(event, lambdaContext(id, deadlineMs));
    // As Lambda does: an answer that JSON cannot hold is an error, `undefined` is null.
    process.send({ id, result: JSON.stringify(result ?? null) });
  } catch (error) {
    const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
    process.send({ id, error: { name, message, stack } });
  }
});
process.send({ ready: true });

/** Before the bundle is loaded, which may keep Date.now for later. */
function moveDate() {
  const SystemDate = Date;
  const systemNow = Date.now;
  SystemDate.now = () => systemNow() + aheadMs;
  globalThis.Date = new Proxy(SystemDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [target.now()] : args, newTarget),
    apply: (target) => new target(target.now()).toString(),
  });
  SystemDate.prototype.constructor = globalThis.Date;
}

function lambdaContext(awsRequestId, deadlineMs) {
  const name = process.env.AWS_LAMBDA_FUNCTION_NAME;
  return {
    awsRequestId,
    functionName: name,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: `/aws/lambda/${name}`,
    logStreamName: String(process.pid),
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
  };
}
