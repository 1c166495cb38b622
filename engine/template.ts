import { basename } from 'node:path';
import * as z from 'zod/mini';
import { ACCOUNT, queueArn, REGION } from '../simulators/sqs/address.ts';

/** What a compiled CloudFormation template says about the things that the engine runs. */
export type Stack = ReturnType<typeof readTemplate>;
/** `attributes` are what SQS CreateQueue takes; `url` is where the stand-in for SQS will have the queue. */
export type QueueSpec = Stack['queues'][number];
/** `handler` is the bundle's name (`receive`), `exportName` what it exports (`handler`). */
export type FunctionSpec = Stack['functions'][number];
/** `key` is `$default`, or a method (`ANY`, too) and a path, which may hold `{name}` and `{name+}`. */
export type RouteSpec = Stack['routes'][number];
/** An event source mapping: which function reads which queue, and how. */
export type MappingSpec = Stack['mappings'][number];
/** A function that is invoked every `everyMs`. */
export type ScheduleSpec = Stack['schedules'][number];

const Template = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Properties: z._default(z.record(z.string(), z.unknown()), {}),
    }),
  ),
});
type Resources = z.infer<typeof Template>['Resources'];

const numeric = z.coerce.number();

const HANDLER = /^(.+)\.(\w+)$/;
const FunctionProperties = z.object({
  FunctionName: z.string(),
  Handler: z.string().check(z.regex(HANDLER, 'must be file.export')),
  Timeout: z._default(numeric, 3),
  MemorySize: z._default(numeric, 128),
  Environment: z._default(z.object({ Variables: z.record(z.string(), z.coerce.string()) }), {
    Variables: {},
  }),
});
const RouteProperties = z.object({ RouteKey: z.string(), Target: z.string() });
const IntegrationProperties = z.object({
  IntegrationUri: z.string(),
  TimeoutInMillis: z._default(numeric, 30_000),
});
const MappingProperties = z.object({
  FunctionName: z.string(),
  EventSourceArn: z.string(),
  Enabled: z._default(z.coerce.boolean(), true),
  BatchSize: z._default(numeric, 10),
  FunctionResponseTypes: z._default(z.array(z.string()), []),
  // Without a maximum Lambda would scale with the number of groups; here two is enough.
  ScalingConfig: z._default(z.object({ MaximumConcurrency: numeric }), { MaximumConcurrency: 2 }),
});

const TableProperties = z.looseObject({ TableName: z.string() });

const RATE = /^rate\((\d+) (minute|hour|day)s?\)$/;
const UNIT_MS: Readonly<Record<string, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};
const RuleProperties = z.object({
  ScheduleExpression: z.string().check(z.regex(RATE, 'must be a rate')),
  State: z._default(z.string(), 'ENABLED'),
  Targets: z.array(z.object({ Arn: z.string() })),
});

const functionArn = (name: string) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;

/**
 * Reads a compiled CloudFormation template (an object with `Resources`) into what the engine needs.
 * `queueBase` is where the stand-in for SQS has its queues, e.g. `http://127.0.0.1:4566/000000000000`.
 *
 * @throws Error naming the resource and what is wrong with it.
 */
export function readTemplate(template: unknown, queueBase: string) {
  const { Resources: resources } = Template.parse(template);
  const { resolve, queueName } = createResolver(resources, queueBase);
  const read = <T extends z.core.$ZodType>(type: string, schema: T) =>
    ofType(resources, type).map(([id, properties]) => {
      const { success, data, error } = z.safeParse(schema, resolve(properties));
      if (success) return [id, data] as const;
      throw new Error(`Template: ${id} cannot be run here: ${z.prettifyError(error)}`);
    });

  const queues = ofType(resources, 'AWS::SQS::Queue').map(([id, properties]) => {
    const name = queueName(id);
    const attributes = queueAttributes(properties, resolve);
    return { logicalId: id, name, url: `${queueBase}/${name}`, attributes };
  });
  const functions = read('AWS::Lambda::Function', FunctionProperties).map(toFunction);
  const functionId = (from: string, uri: string) => {
    const found = functions.find(({ name }) => uri === functionArn(name) || uri === name);
    if (found) return found.logicalId;
    throw new Error(`Template: ${from} points at "${uri}", which is no function of it.`);
  };
  const integrations = new Map(read('AWS::ApiGatewayV2::Integration', IntegrationProperties));
  const routes = read('AWS::ApiGatewayV2::Route', RouteProperties).map(([id, route]) => {
    const integration = integrations.get(route.Target.replace('integrations/', ''));
    if (!integration) throw new Error(`Template: ${id} has no integration "${route.Target}".`);
    const { IntegrationUri: uri, TimeoutInMillis: timeoutMs } = integration;
    return { key: route.RouteKey, functionId: functionId(id, uri), timeoutMs };
  });
  const mappings = read('AWS::Lambda::EventSourceMapping', MappingProperties)
    .filter(([, mapping]) => mapping.Enabled)
    .map(([id, mapping]) => {
      const { EventSourceArn: arn } = mapping;
      const queue = queues.find(({ name }) => queueArn(name) === arn);
      if (!queue) throw new Error(`Template: ${id} reads "${arn}", which is no queue.`);
      return {
        functionId: functionId(id, mapping.FunctionName),
        queueUrl: queue.url,
        batchSize: mapping.BatchSize,
        concurrency: mapping.ScalingConfig.MaximumConcurrency,
        reportsItemFailures: mapping.FunctionResponseTypes.includes('ReportBatchItemFailures'),
      };
    });
  const tables = read('AWS::DynamoDB::Table', TableProperties).map(([, table]) => table);
  const schedules = read('AWS::Events::Rule', RuleProperties)
    .filter(([, { State }]) => State === 'ENABLED')
    .flatMap(([id, { ScheduleExpression, Targets }]) =>
      Targets.map(({ Arn }) => ({
        functionId: functionId(id, Arn),
        everyMs: rateMs(ScheduleExpression),
      })),
    );
  return { queues, functions, routes, mappings, tables, schedules };
}

function rateMs(expression: string): number {
  const [, count = 0, unit = ''] = RATE.exec(expression) ?? [];
  return Number(count) * (UNIT_MS[unit] ?? 0);
}

const ofType = (resources: Resources, type: string) =>
  Object.entries(resources).flatMap(([id, { Type, Properties }]) =>
    Type === type ? [[id, Properties] as const] : [],
  );

function toFunction([logicalId, properties]: readonly [
  string,
  z.infer<typeof FunctionProperties>,
]) {
  const [, file = '', exportName = ''] = HANDLER.exec(properties.Handler) ?? [];
  return {
    logicalId,
    name: properties.FunctionName,
    handler: basename(file),
    exportName,
    timeoutMs: properties.Timeout * 1000,
    memoryMb: properties.MemorySize,
    environment: properties.Environment.Variables,
  };
}

/** Every property of a queue but its name and tags is an attribute by the same name. */
function queueAttributes(
  { QueueName: _, Tags: __, ...properties }: Resources[string]['Properties'],
  resolve: (value: unknown) => unknown,
): Record<string, string> {
  const texts = Object.entries(properties).map(([name, value]) => {
    const resolved = resolve(value);
    return [name, typeof resolved === 'object' ? JSON.stringify(resolved) : String(resolved)];
  });
  return Object.fromEntries(texts);
}

const PSEUDO_PARAMETERS: Readonly<Record<string, string>> = {
  'AWS::Region': REGION,
  'AWS::AccountId': ACCOUNT,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': 'earmark-local',
};

/** Works out Ref, Fn::GetAtt, Fn::Sub and Fn::Join; a name of something not run here stays a name. */
function createResolver(resources: Resources, queueBase: string) {
  function resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== 'object' || value === null) return value;
    const [[name = '', argument] = [], ...others] = Object.entries(value);
    if (others.length === 0) {
      if (name === 'Ref') return reference(String(argument));
      if (name === 'Fn::GetAtt') return attribute([argument].flat().join('.'));
      if (name === 'Fn::Sub') return substitute([argument].flat());
      if (name === 'Fn::Join') return [resolve(argument[1])].flat().join(argument[0]);
    }
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolve(one)]));
  }

  function queueName(id: string): string {
    const { QueueName: name, FifoQueue: fifo } = resources[id]?.Properties ?? {};
    if (name !== undefined) return String(resolve(name));
    return String(fifo) === 'true' ? `${id}.fifo` : id;
  }

  function reference(id: string): string {
    const { Type: type, Properties: properties } = resources[id] ?? {};
    if (type === 'AWS::SQS::Queue') return `${queueBase}/${queueName(id)}`;
    if (type === 'AWS::Lambda::Function') return String(resolve(properties?.FunctionName));
    if (type === 'AWS::DynamoDB::Table') return String(resolve(properties?.TableName));
    return PSEUDO_PARAMETERS[id] ?? id;
  }

  /** @param path a resource and its attribute: `JobQueue.Arn` */
  function attribute(path: string): string {
    const [id = '', name] = path.split('.');
    const type = resources[id]?.Type;
    if (type === 'AWS::SQS::Queue') return name === 'Arn' ? queueArn(queueName(id)) : queueName(id);
    return type === 'AWS::Lambda::Function' ? functionArn(reference(id)) : path;
  }

  function substitute([text, given = {}]: readonly unknown[]): string {
    const values = given as Readonly<Record<string, unknown>>;
    return String(text).replace(/\$\{([^}]+)\}/g, (_, name: string) => {
      if (name.startsWith('!')) return `\${${name.slice(1)}}`;
      if (name in values) return String(resolve(values[name]));
      return name.includes('.') ? attribute(name) : reference(name);
    });
  }

  return { resolve, queueName };
}
