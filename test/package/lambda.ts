import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { FunctionSpec } from '../../engine/template.ts';
import { ACCOUNT, REGION } from '../../simulators/sqs/address.ts';
import { ROLE_CREDENTIALS } from './aws.ts';
import { RUNTIME_CLIENT } from './client/install.ts';
import { type RuntimeApi, startRuntimeApi } from './runtime-api.ts';

const TO_LOOPBACK = join(import.meta.dirname, 'to-loopback.cjs');

/** A function as it is deployed: `taskRoot` is the folder that its zip was unpacked into. */
export interface DeployedFunction extends FunctionSpec {
  readonly taskRoot: string;
}

/** A function under AWS's runtime client. */
export interface Lambda {
  /** Runs it in a free environment, or in a new one. @throws Error of the function or of its start */
  invoke(event: unknown): Promise<unknown>;
  /** How many environments were started. */
  readonly coldStarts: number;
  stop(): Promise<void>;
}

interface Environment {
  readonly api: RuntimeApi;
  kill(): Promise<void>;
}

/** As Lambda does: an environment for each event that finds none free, kept for those that follow. */
export function createLambda(
  spec: DeployedFunction,
  awsPort: number,
  onLine: (line: string) => void,
): Lambda {
  const all: Environment[] = [];
  const free: Environment[] = [];
  return {
    get coldStarts() {
      return all.length;
    },
    async invoke(event) {
      const environment = free.pop() ?? (await startEnvironment(spec, awsPort, onLine));
      if (!all.includes(environment)) all.push(environment);
      try {
        return await environment.api.invoke(event);
      } finally {
        free.push(environment);
      }
    },
    async stop() {
      await Promise.all(all.map(({ kill }) => kill()));
    },
  };
}

async function startEnvironment(
  spec: DeployedFunction,
  awsPort: number,
  onLine: (line: string) => void,
): Promise<Environment> {
  const arn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${spec.name}`;
  const api = await startRuntimeApi(arn, spec.timeoutMs);
  const heap = `--max-old-space-size=${Math.floor(spec.memoryMb * 0.9)}`;
  const child = spawn(process.execPath, [heap, '--require', TO_LOOPBACK, RUNTIME_CLIENT], {
    cwd: spec.taskRoot,
    env: {
      ...lambdaEnvironment(spec),
      ...spec.environment,
      AWS_LAMBDA_RUNTIME_API: api.address,
      STAND_IN_PORT: String(awsPort),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  createInterface(child.stdout).on('line', onLine);
  createInterface(child.stderr).on('line', onLine);
  const ended = once(child, 'close').then(([code, signal]) =>
    api.fail(new Error(`${spec.name}: its process ended (${signal ?? `exit code ${code}`}).`)),
  );
  return {
    api,
    async kill() {
      child.kill('SIGKILL');
      await ended;
      await api.close();
    },
  };
}

/**
 * What Lambda sets itself, but for NODE_PATH: that leads to the AWS client that Lambda has, and a bundle
 * is to need none beside it.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html (checked 2026-11-22)
 */
function lambdaEnvironment(spec: DeployedFunction): Record<string, string> {
  return {
    _HANDLER: `${spec.handler}.${spec.exportName}`,
    LAMBDA_TASK_ROOT: spec.taskRoot,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: spec.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMb),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${spec.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: '2026/11/22/[$LATEST]example',
    AWS_ACCESS_KEY_ID: ROLE_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: ROLE_CREDENTIALS.secretAccessKey,
    AWS_SESSION_TOKEN: ROLE_CREDENTIALS.sessionToken,
    LANG: 'en_US.UTF-8',
    PATH: '/usr/local/bin:/usr/bin:/bin:/opt/bin',
    TZ: ':UTC',
  };
}
