import { basename } from 'node:path';
import * as z from 'zod/mini';
import { ACCOUNT, queueArn, REGION } from '../simulators/sqs/address.ts';

/** `attributes` are what SQS CreateQueue takes; `url` is where the stand-in for SQS will have the queue. */
export interface QueueSpec {
  readonly logicalId: string;
  readonly name: string;
  readonly url: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** `handler` is the bundle's name (`receive`), `exportName` what it exports (`handler`). */
export interface FunctionSpec {
  readonly logicalId: string;
  readonly name: string;
  readonly handler: string;
  readonly exportName: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
}

/** `method` may be `ANY`, and `path` may hold `{name}` and `{name+}`; `$default` has neither. */
export interface RouteSpec {
  readonly key: string;
  readonly functionId: string;
  readonly timeoutMs: number;
}

/** An event source mapping: which function reads which queue, and how. */
export interface MappingSpec {
  readonly functionId: string;
  readonly queueUrl: string;
  readonly batchSize: number;
  readonly concurrency: number;
  readonly reportsItemFailures: boolean;
}

/** What a compiled CloudFormation template says about the things that the engine runs. */
export interface Stack {
  readonly queues: readonly QueueSpec[];
  readonly functions: readonly FunctionSpec[];
  readonly routes: readonly RouteSpec[];
  readonly mappings: readonly MappingSpec[];
}

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

const FunctionProperties = z.object({
  FunctionName: z.string(),
  Handler: z.string().check(z.regex(/^.+\.\w+$/, 'must be file.export')),
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

const functionArn = (name: string) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;

/**
 * Reads a compiled CloudFormation template (an object with `Resources`) into what the engine needs.
 * `queueBase` is where the stand-in for SQS has its queues, e.g. `http://127.0.0.1:4566/000000000000`.
 *
 * @throws Error naming the resource and what is wrong with it.
 */
export function readTemplate(template: unknown, queueBase: string): Stack {
  const { Resources: resources } = Template.parse(template);
  const resolve = (value: unknown) => resolveValue(value, resources, queueBase);
  const read = <T extends z.core.$ZodType>(type: string, schema: T) =>
    Object.entries(resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([id, resource]) => [id, parse(id, schema, resolve(resource.Properties))] as const);

  const functions = read('AWS::Lambda::Function', FunctionProperties).map(([id, p]) => {
    const dot = p.Handler.lastIndexOf('.');
    return {
      logicalId: id,
      name: p.FunctionName,
      handler: basename(p.Handler.slice(0, dot)),
      exportName: p.Handler.slice(dot + 1),
      timeoutMs: p.Timeout * 1000,
      memoryMb: p.MemorySize,
      environment: p.Environment.Variables,
    };
  });
  const functionId = (from: string, uri: string) => {
    const found = functions.find(({ name }) => uri === functionArn(name) || uri === name);
    if (!found)
      throw new Error(`Template: ${from} points at "${uri}", which is no function of it.`);
    return found.logicalId;
  };
  const queues = Object.keys(resources)
    .filter((id) => resources[id]?.Type === 'AWS::SQS::Queue')
    .map((id) => readQueue(id, resources, queueBase));
  const integrations = new Map(read('AWS::ApiGatewayV2::Integration', IntegrationProperties));

  const routes = read('AWS::ApiGatewayV2::Route', RouteProperties).map(([id, route]) => {
    const integration = integrations.get(route.Target.replace('integrations/', ''));
    if (!integration) throw new Error(`Template: ${id} has no integration "${route.Target}".`);
    return {
      key: route.RouteKey,
      functionId: functionId(id, integration.IntegrationUri),
      timeoutMs: integration.TimeoutInMillis,
    };
  });
  const mappings = read('AWS::Lambda::EventSourceMapping', MappingProperties)
    .filter(([, mapping]) => mapping.Enabled)
    .map(([id, mapping]) => {
      const queue = queues.find(({ name }) => queueArn(name) === mapping.EventSourceArn);
      if (!queue)
        throw new Error(`Template: ${id} reads "${mapping.EventSourceArn}", which is no queue.`);
      return {
        functionId: functionId(id, mapping.FunctionName),
        queueUrl: queue.url,
        batchSize: mapping.BatchSize,
        concurrency: mapping.ScalingConfig.MaximumConcurrency,
        reportsItemFailures: mapping.FunctionResponseTypes.includes('ReportBatchItemFailures'),
      };
    });
  return { queues, functions, routes, mappings };
}

function parse<T extends z.core.$ZodType>(id: string, schema: T, value: unknown): z.output<T> {
  const result = z.safeParse(schema, value);
  if (result.success) return result.data;
  throw new Error(`Template: ${id} cannot be run here: ${z.prettifyError(result.error)}`);
}

function queueName(id: string, resources: Resources): string {
  const { QueueName: name, FifoQueue: fifo } = resources[id]?.Properties ?? {};
  if (name !== undefined) return String(resolveValue(name, resources, ''));
  return fifo === true || fifo === 'true' ? `${id}.fifo` : id;
}

/** Every property of a queue but its name and tags is an attribute by the same name. */
function readQueue(id: string, resources: Resources, queueBase: string): QueueSpec {
  const { QueueName: _, Tags: __, ...properties } = resources[id]?.Properties ?? {};
  const attributes = Object.entries(properties).map(([name, value]) => {
    const resolved = resolveValue(value, resources, queueBase);
    return [name, typeof resolved === 'object' ? JSON.stringify(resolved) : String(resolved)];
  });
  const name = queueName(id, resources);
  return {
    logicalId: id,
    name,
    url: `${queueBase}/${name}`,
    attributes: Object.fromEntries(attributes),
  };
}

const PSEUDO_PARAMETERS: Readonly<Record<string, string>> = {
  'AWS::Region': REGION,
  'AWS::AccountId': ACCOUNT,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': 'earmark-local',
};

/** Works out Ref, Fn::GetAtt, Fn::Sub and Fn::Join; a name of something not run here stays a name. */
function resolveValue(value: unknown, resources: Resources, queueBase: string): unknown {
  const again = (inner: unknown) => resolveValue(inner, resources, queueBase);
  if (Array.isArray(value)) return value.map(again);
  if (typeof value !== 'object' || value === null) return value;
  const [first, ...others] = Object.entries(value);
  if (first && others.length === 0) {
    const [key, argument] = first;
    if (key === 'Ref') return reference(String(argument), resources, queueBase);
    if (key === 'Fn::GetAtt') return attribute(argument, resources);
    if (key === 'Fn::Sub') return substitute(argument, resources, queueBase);
    if (key === 'Fn::Join' && Array.isArray(argument)) {
      const [separator, parts] = argument;
      return [again(parts)].flat().join(String(separator));
    }
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, again(inner)]));
}

function reference(id: string, resources: Resources, queueBase: string): string {
  const type = resources[id]?.Type;
  if (type === 'AWS::SQS::Queue') return `${queueBase}/${queueName(id, resources)}`;
  if (type === 'AWS::Lambda::Function') {
    return String(resolveValue(resources[id]?.Properties.FunctionName, resources, queueBase));
  }
  return PSEUDO_PARAMETERS[id] ?? id;
}

function attribute(argument: unknown, resources: Resources): string {
  const [id = '', name = ''] = Array.isArray(argument) ? argument : String(argument).split('.');
  const type = resources[id]?.Type;
  if (type === 'AWS::SQS::Queue') {
    return name === 'Arn' ? queueArn(queueName(id, resources)) : queueName(id, resources);
  }
  if (type === 'AWS::Lambda::Function') return functionArn(reference(id, resources, ''));
  return `${id}.${name}`;
}

function substitute(argument: unknown, resources: Resources, queueBase: string): string {
  const [text, given] = Array.isArray(argument) ? argument : [argument, {}];
  return String(text).replace(/\$\{([^}]+)\}/g, (_, name: string) => {
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    if (given && typeof given === 'object' && name in given) {
      return String(resolveValue(given[name], resources, queueBase));
    }
    return name.includes('.') ? attribute(name, resources) : reference(name, resources, queueBase);
  });
}
