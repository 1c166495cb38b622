/** One price of AWS. */
export interface Price {
  readonly usd: number;
  /** So many units cost `usd`. */
  readonly per: number;
  readonly unit: string;
  /** Units a month that an account has for nothing, however old it is. */
  readonly free?: number;
  /** AWS's page of this price. */
  readonly page: string;
  /** Where the figure was read, when AWS's page did not show it: it fills its tables in by script. */
  readonly readAt?: string;
}

/** List prices of us-east-1 on arm64, without tax; the first tier where a price falls with the volume. */
export const REGION = 'us-east-1';
/** The day on which the prices were looked up. */
export const CHECKED = '2026-11-22';
/** AWS bills storage, transfer and memory in units of 2^30 bytes and calls them GB. */
export const GB = 2 ** 30;

/** By what AWS meters. A price with `readAt` is unconfirmed: hold it against its page before you rely on it. */
export const PRICES = {
  httpApiRequests: {
    usd: 1,
    per: 1e6,
    unit: 'requests of 512 KB',
    page: 'https://aws.amazon.com/api-gateway/pricing/',
  },
  lambdaRequests: {
    usd: 0.2,
    per: 1e6,
    unit: 'requests',
    free: 1e6,
    page: 'https://aws.amazon.com/lambda/pricing/',
  },
  // The init phase is billed as well since 2025-08-01.
  // https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/ (checked 2026-11-22)
  lambdaGbSeconds: {
    usd: 0.000_013_333_4,
    per: 1,
    unit: 'GB-seconds',
    free: 400_000,
    page: 'https://aws.amazon.com/lambda/pricing/',
    readAt: 'https://cloudchipr.com/blog/aws-lambda-pricing',
  },
  // https://aws.amazon.com/sqs/features/ has the 64 KB (checked 2026-11-22).
  sqsFifoRequests: {
    usd: 0.5,
    per: 1e6,
    unit: 'requests of 64 KB',
    free: 1e6,
    page: 'https://aws.amazon.com/sqs/pricing/',
    readAt: 'https://www.factualminds.com/blog/amazon-sqs-pricing-64kb-rule-fifo-vs-standard/',
  },
  logsIngestedGb: {
    usd: 0.5,
    per: 1,
    unit: 'GB of logs taken in',
    free: 5,
    page: 'https://aws.amazon.com/cloudwatch/pricing/',
    readAt: 'https://www.duckbillgroup.com/?p=9080',
  },
  logsStoredGbMonths: {
    usd: 0.03,
    per: 1,
    unit: 'GB-months of logs kept',
    page: 'https://aws.amazon.com/cloudwatch/pricing/',
    readAt: 'https://c3x.dev/blog/cloudwatch-logs-cost-optimization',
  },
  alarmMonths: {
    usd: 0.1,
    per: 1,
    unit: 'metrics that alarms watch, a month',
    free: 10,
    page: 'https://aws.amazon.com/cloudwatch/pricing/',
    readAt: 'https://github.com/vreutova/infracost-idem-support/pull/2',
  },
  // The first 10,000; by the hour, and only in hours in which a value was reported.
  metricMonths: {
    usd: 0.3,
    per: 1,
    unit: 'metrics of our own, a month',
    free: 10,
    page: 'https://aws.amazon.com/cloudwatch/pricing/',
    readAt: 'https://signoz.io/guides/cloudwatch-pricing',
  },
  // Free are those of up to 50 metrics.
  dashboardMonths: {
    usd: 3,
    per: 1,
    unit: 'dashboards, a month',
    free: 3,
    page: 'https://aws.amazon.com/cloudwatch/pricing/',
    readAt:
      'https://www.factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards/',
  },
  // Each SecureString that is read is one request. The AWS managed key aws/ssm costs nothing itself.
  kmsRequests: {
    usd: 0.03,
    per: 10_000,
    unit: 'requests to KMS',
    free: 20_000,
    page: 'https://aws.amazon.com/kms/pricing/',
    readAt: 'https://www.wring.co/blog/aws-kms-pricing-guide',
  },
  standardParameterMonths: {
    usd: 0,
    per: 1,
    unit: 'standard parameters, a month',
    page: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html',
  },
  // On demand. A write is billed by the KB, a consistent read by 4 KB; a change of the index is a write as well.
  // https://aws.amazon.com/dynamodb/pricing/on-demand/ has the units, and its figures by script alone; the page at
  // `readAt` has them as they are since the cut by half of November 2024 (both checked 2026-11-28).
  storeWriteUnits: {
    usd: 0.625,
    per: 1e6,
    unit: 'write request units of DynamoDB',
    page: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
    readAt: 'https://airbyte.com/data-engineering-resources/dynamodb-pricing',
  },
  storeReadUnits: {
    usd: 0.125,
    per: 1e6,
    unit: 'read request units of DynamoDB',
    page: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
    readAt: 'https://airbyte.com/data-engineering-resources/dynamodb-pricing',
  },
  // Between Lambda and SQS of one region nothing is billed, nor is what comes in.
  dataOutGb: {
    usd: 0.09,
    per: 1,
    unit: 'GB sent to the internet',
    free: 100,
    page: 'https://aws.amazon.com/ec2/pricing/on-demand/#Data_Transfer',
    readAt: 'https://www.egresscost.com/aws',
  },
} as const satisfies Readonly<Record<string, Price>>;
