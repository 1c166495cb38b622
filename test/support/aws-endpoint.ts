import { text } from 'node:stream/consumers';
import { listenOnLoopback } from '../../simulators/loopback.ts';

/** A call of an AWS service: JSON, as Parameter Store and CloudWatch Logs speak, or CloudFormation's query. */
export interface AwsCall {
  /** `GetParameters`, `DescribeStacks` … */
  readonly action: string;
  /** Its parameters, by their names. */
  readonly input: Readonly<Record<string, unknown>>;
  /** That of its signature, which nobody checks. */
  readonly region: string;
}

/** JSON for an object, XML for a text. */
export interface AwsAnswer {
  readonly status?: number;
  readonly body: object | string;
}

export interface AwsEndpoint {
  /** For an AWS client that shall call it. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Plays AWS at a free port of this machine. */
export async function startAwsEndpoint(answer: (call: AwsCall) => AwsAnswer): Promise<AwsEndpoint> {
  const { url, close } = await listenOnLoopback(async (request, response) => {
    const asked = await text(request);
    const [, target] = String(request.headers['x-amz-target'] ?? '').split('.');
    const query = new URLSearchParams(asked);
    const [, region = ''] =
      /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
    const { status = 200, body } = answer({
      action: target ?? query.get('Action') ?? '',
      input: target ? JSON.parse(asked) : Object.fromEntries(query),
      region,
    });
    const isXml = typeof body === 'string';
    response
      .writeHead(status, { 'content-type': isXml ? 'text/xml' : 'application/x-amz-json-1.1' })
      .end(isXml ? body : JSON.stringify(body));
  });
  return {
    env: {
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'key',
      AWS_REGION: 'us-east-1',
    },
    stop: close,
  };
}

/** What Parameter Store answers to GetParameters: those that there are. */
export function parametersFound(
  { input }: AwsCall,
  parameters: ReadonlyMap<string, string>,
): AwsAnswer {
  const { Names } = input as { Names: readonly string[] };
  const Parameters = Names.filter((Name) => parameters.has(Name)).map((Name) => ({
    Name,
    Value: parameters.get(Name),
  }));
  return { body: { Parameters } };
}

/** What CloudFormation answers to DescribeStacks. */
export function describedStack(name: string, outputs: Readonly<Record<string, string>>): AwsAnswer {
  const members = Object.entries(outputs).map(
    ([key, value]) =>
      `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  return {
    body: `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>${name}</StackName>
    <CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus>
    <Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
  };
}

/** A refusal of a service that speaks XML. */
export const refused = (status: number, code: string, message: string): AwsAnswer => ({
  status,
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
});
