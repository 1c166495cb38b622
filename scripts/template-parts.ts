import type { CloudFormationResource, CloudFormationTemplate } from './template.ts';

// Reads what the checks of the template need to know.

type Properties = CloudFormationResource['Properties'];

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/** The resources of a type, with their logical ids. */
export function ofType(template: CloudFormationTemplate, type: string) {
  return Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
}

/** The mappings of queues to functions. */
export function mappings(template: CloudFormationTemplate): [string, Properties][] {
  return ofType(template, 'AWS::Lambda::EventSourceMapping').map(([name, { Properties }]) => [
    name,
    Properties,
  ]);
}

/** The logical id that `!Ref` or `!GetAtt` points at; '' for anything else. */
export function target(value: unknown): string {
  const { Ref, 'Fn::GetAtt': attribute } = value as { Ref?: string; 'Fn::GetAtt'?: [string] };
  return Ref ?? attribute?.[0] ?? '';
}

interface Policy {
  readonly PolicyDocument: { readonly Statement: readonly Statement[] };
}

/** The statements of a role's policies, its own and those that are attached to it. @param role its logical id */
export function statements(template: CloudFormationTemplate, role: string): readonly Statement[] {
  const own = template.Resources[role]?.Properties.Policies as readonly Policy[] | undefined;
  const attached = ofType(template, 'AWS::IAM::RolePolicy')
    .filter(([, { Properties }]) => target(Properties.RoleName) === role)
    .map(([, { Properties }]) => Properties as unknown as Policy);
  return [...(own ?? []), ...attached].flatMap((policy) => policy.PolicyDocument.Statement);
}

/** Whether a statement allows something at a service: `dynamodb`. */
export const isOf = (service: string, { Effect, Action }: Statement): boolean =>
  Effect === 'Allow' && [Action].flat().some((action) => action.startsWith(`${service}:`));

/** Whether a statement allows to read the secrets of sources in a folder of settings, and nothing else. */
export function isReadingSecrets({ Action, Resource }: Statement): boolean {
  const { 'Fn::Sub': arn = '' } = Resource as { 'Fn::Sub'?: string };
  return (
    Action === 'ssm:GetParameters' && /^[^*]+:parameter(?:\/[\w.-]+)+\/\*_WEBHOOK_SECRET$/.test(arn)
  );
}

/** Whether a policy denies everybody what is not sent over TLS. */
export function deniesWithoutTls(document: unknown): boolean {
  const { Statement } = document as { Statement: readonly unknown[] };
  return Statement.some((one) => {
    const { Effect, Principal, Action, Condition } = one as Record<string, unknown>;
    const isOfAll = Effect === 'Deny' && Principal === '*' && Action === 'sqs:*';
    return isOfAll && JSON.stringify(Condition) === '{"Bool":{"aws:SecureTransport":"false"}}';
  });
}

/** A function's environment. */
export function environment({ Properties }: CloudFormationResource): Record<string, unknown> {
  const { Variables } = Properties.Environment as { Variables: Record<string, unknown> };
  return Variables;
}

/** Whether a value stands in the template itself: it is no reference and no `ssm:` path. */
export function isLiteral(value: unknown): boolean {
  return typeof value !== 'object' && !String(value).startsWith('ssm:/');
}

/** Whether a mapping takes a list of the messages that failed. */
export function isReportingFailures(types: unknown): boolean {
  return Array.isArray(types) && types.includes('ReportBatchItemFailures');
}

/** The parameters that a function names in its environment. */
export function parametersOf(lambda: CloudFormationResource): readonly string[] {
  return Object.entries(environment(lambda)).flatMap(([name, value]) => {
    if (typeof value !== 'string' || !value.startsWith('ssm:')) return [];
    const path = value.slice('ssm:'.length);
    return [name === 'SOURCE_SECRETS' ? `${path}/*_WEBHOOK_SECRET` : path];
  });
}

/** The parameters that the role of a function allows it to read. */
export function grantedParameters(
  template: CloudFormationTemplate,
  lambda: CloudFormationResource,
): readonly string[] {
  return statements(template, target(lambda.Properties.Role))
    .filter((one) => isOf('ssm', one))
    .flatMap(({ Resource }) => [Resource].flat() as { 'Fn::Sub': string }[])
    .map(({ 'Fn::Sub': arn }) => arn.slice(arn.indexOf(':parameter/') + ':parameter'.length));
}
