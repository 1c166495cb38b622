// What who deploys may do on AWS: CloudFormation asks for each in their name. `npm run generate` writes it to
// cli/commands/init/project/policy/deploy.json. A resource type of the template that no statement names fails a test.
// After the "Actions, resources, and condition keys" of each service (Service Authorization Reference, read 2026-11-28);
// not yet tried on AWS.

interface Grant {
  readonly sid: string;
  /** The resource types of the template that it is for; none for what the deployment itself asks. */
  readonly types: readonly string[];
  readonly service: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition?: object;
}

/** In every region. */
const of = (service: string, name: string): string => `arn:aws:${service}:*:ACCOUNT_ID:${name}`;
/** Of a service that has no regions. */
const ofGlobal = (service: string, name: string): string =>
  `arn:aws:${service}::ACCOUNT_ID:${name}`;

const TAGS = ['TagResource', 'UntagResource'];
const change = (...things: readonly string[]): readonly string[] =>
  things.flatMap((thing) => ['Create', 'Update', 'Delete'].map((verb) => `${verb}${thing}`));

const GRANTS: readonly Grant[] = [
  {
    sid: 'Stack',
    types: [],
    service: 'cloudformation',
    actions: [
      ...change('Stack'),
      'DescribeStacks',
      'DescribeStackEvents',
      'DescribeStackResource',
      'DescribeStackResources',
      'ListStackResources',
      'GetTemplate',
    ],
    resources: [of('cloudformation', 'stack/earmark-*/*')],
  },
  {
    sid: 'Template',
    types: [],
    service: 'cloudformation',
    actions: ['ValidateTemplate'],
    resources: ['*'],
  },
  {
    sid: 'Bundles',
    types: ['AWS::S3::Bucket', 'AWS::S3::BucketPolicy'],
    service: 's3',
    actions: [
      'CreateBucket',
      'DeleteBucket',
      'ListBucket',
      'ListBucketVersions',
      'GetBucketLocation',
      'GetBucketTagging',
      'PutBucketTagging',
      'GetEncryptionConfiguration',
      'PutEncryptionConfiguration',
      'GetBucketPublicAccessBlock',
      'PutBucketPublicAccessBlock',
      'GetBucketPolicy',
      'PutBucketPolicy',
      'DeleteBucketPolicy',
      'GetObject',
      'PutObject',
      'DeleteObject',
      'DeleteObjectVersion',
    ],
    resources: ['arn:aws:s3:::earmark-*'],
  },
  {
    sid: 'Functions',
    types: ['AWS::Lambda::Function', 'AWS::Lambda::Permission', 'AWS::Lambda::EventInvokeConfig'],
    service: 'lambda',
    actions: [
      'CreateFunction',
      'DeleteFunction',
      'GetFunction',
      'GetFunctionConfiguration',
      'GetFunctionCodeSigningConfig',
      'GetFunctionRecursionConfig',
      'GetRuntimeManagementConfig',
      'UpdateFunctionCode',
      'UpdateFunctionConfiguration',
      'PutFunctionConcurrency',
      'DeleteFunctionConcurrency',
      'AddPermission',
      'RemovePermission',
      'GetPolicy',
      'GetFunctionEventInvokeConfig',
      'PutFunctionEventInvokeConfig',
      'UpdateFunctionEventInvokeConfig',
      'DeleteFunctionEventInvokeConfig',
      'ListTags',
      ...TAGS,
    ],
    resources: [of('lambda', 'function:earmark-*')],
  },
  {
    sid: 'Mappings',
    types: ['AWS::Lambda::EventSourceMapping'],
    service: 'lambda',
    actions: [
      ...change('EventSourceMapping'),
      'GetEventSourceMapping',
      'ListEventSourceMappings',
      'ListTags',
      ...TAGS,
    ],
    // A mapping has no name, and is made before it has an ARN.
    resources: ['*'],
  },
  {
    sid: 'Roles',
    types: ['AWS::IAM::Role', 'AWS::IAM::RolePolicy'],
    service: 'iam',
    actions: [
      'CreateRole',
      'UpdateRole',
      'DeleteRole',
      'GetRole',
      'UpdateAssumeRolePolicy',
      'GetRolePolicy',
      'PutRolePolicy',
      'DeleteRolePolicy',
      'ListRolePolicies',
      'ListAttachedRolePolicies',
      'TagRole',
      'UntagRole',
    ],
    resources: [ofGlobal('iam', 'role/earmark-*')],
  },
  {
    sid: 'RolesForFunctions',
    types: [],
    service: 'iam',
    actions: ['PassRole'],
    resources: [ofGlobal('iam', 'role/earmark-*')],
    condition: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
  },
  {
    sid: 'Address',
    types: [
      'AWS::ApiGatewayV2::Api',
      'AWS::ApiGatewayV2::Stage',
      'AWS::ApiGatewayV2::Integration',
      'AWS::ApiGatewayV2::Route',
    ],
    service: 'apigateway',
    actions: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', ...TAGS],
    resources: ['apis', 'apis/*', 'tags/*'].map((path) => `arn:aws:apigateway:*::/${path}`),
  },
  {
    sid: 'Queues',
    types: ['AWS::SQS::Queue', 'AWS::SQS::QueuePolicy'],
    service: 'sqs',
    actions: [
      'CreateQueue',
      'DeleteQueue',
      'GetQueueAttributes',
      'SetQueueAttributes',
      'GetQueueUrl',
      'ListQueueTags',
      'TagQueue',
      'UntagQueue',
    ],
    resources: [of('sqs', 'earmark-*')],
  },
  {
    sid: 'Histories',
    types: ['AWS::DynamoDB::Table'],
    service: 'dynamodb',
    actions: [
      ...change('Table'),
      'DescribeTable',
      'DescribeTimeToLive',
      'UpdateTimeToLive',
      'DescribeContinuousBackups',
      'UpdateContinuousBackups',
      'DescribeContributorInsights',
      'DescribeKinesisStreamingDestination',
      'GetResourcePolicy',
      'ListTagsOfResource',
      ...TAGS,
    ],
    resources: [of('dynamodb', 'table/earmark-*')],
  },
  {
    sid: 'Schedules',
    types: ['AWS::Events::Rule'],
    service: 'events',
    actions: [
      'PutRule',
      'DeleteRule',
      'DescribeRule',
      'EnableRule',
      'DisableRule',
      'PutTargets',
      'RemoveTargets',
      'ListTargetsByRule',
      'ListTagsForResource',
      ...TAGS,
    ],
    resources: [of('events', 'rule/earmark-*')],
  },
  {
    sid: 'Logs',
    types: ['AWS::Logs::LogGroup'],
    service: 'logs',
    actions: [
      'CreateLogGroup',
      'DeleteLogGroup',
      'PutRetentionPolicy',
      'DeleteRetentionPolicy',
      'ListTagsForResource',
      ...TAGS,
      // For ./earmark doctor, log and explain.
      'StartQuery',
      'FilterLogEvents',
    ],
    resources: ['/aws/lambda/earmark-*', '/aws/vendedlogs/earmark-*'].map((name) =>
      of('logs', `log-group:${name}`),
    ),
  },
  {
    sid: 'AccessLog',
    types: [],
    service: 'logs',
    actions: [
      'DescribeLogGroups',
      'GetQueryResults',
      'CreateLogDelivery',
      'GetLogDelivery',
      'UpdateLogDelivery',
      'DeleteLogDelivery',
      'ListLogDeliveries',
      'PutResourcePolicy',
      'DescribeResourcePolicies',
    ],
    // None of them takes a resource.
    resources: ['*'],
  },
  {
    sid: 'Alarms',
    types: ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::Dashboard'],
    service: 'cloudwatch',
    actions: [
      'PutMetricAlarm',
      'DeleteAlarms',
      'DescribeAlarms',
      'PutDashboard',
      'GetDashboard',
      'DeleteDashboards',
      'ListTagsForResource',
      ...TAGS,
    ],
    resources: [of('cloudwatch', 'alarm:earmark-*'), ofGlobal('cloudwatch', 'dashboard/earmark-*')],
  },
  {
    sid: 'AlarmTopic',
    types: ['AWS::SNS::Topic', 'AWS::SNS::Subscription'],
    service: 'sns',
    actions: [
      'CreateTopic',
      'DeleteTopic',
      'GetTopicAttributes',
      'SetTopicAttributes',
      'GetDataProtectionPolicy',
      'Subscribe',
      'Unsubscribe',
      'GetSubscriptionAttributes',
      'SetSubscriptionAttributes',
      'ListSubscriptionsByTopic',
      'ListTagsForResource',
      ...TAGS,
    ],
    resources: [of('sns', 'earmark-*')],
  },
  {
    sid: 'Settings',
    types: [],
    service: 'ssm',
    actions: [
      'GetParameter',
      'GetParameters',
      'GetParametersByPath',
      'PutParameter',
      'DeleteParameter',
    ],
    resources: [of('ssm', 'parameter/earmark/*')],
  },
];

/** The resource types that the policy is for. */
export const GRANTED_TYPES: ReadonlySet<string> = new Set(GRANTS.flatMap(({ types }) => types));

/** The policy, with `ACCOUNT_ID` where the account stands. */
export const deployPolicy = () => ({
  Version: '2012-10-17',
  Statement: GRANTS.map(({ sid, service, actions, resources, condition }) => ({
    Sid: sid,
    Effect: 'Allow',
    Action: [...new Set(actions)].map((action) => `${service}:${action}`),
    Resource: resources,
    ...(condition && { Condition: condition }),
  })),
});

/** Lets what runs on the branch main of a repository at GitHub take the role. */
export const trustPolicy = () => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: {
        Federated: 'arn:aws:iam::ACCOUNT_ID:oidc-provider/token.actions.githubusercontent.com',
      },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: {
          'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
          'token.actions.githubusercontent.com:sub': 'repo:OWNER/REPOSITORY:ref:refs/heads/main',
        },
      },
    },
  ],
});
