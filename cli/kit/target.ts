import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SourceName } from '../../lib/events/event.ts';
import { parseJson } from '../../lib/runtime/json.ts';
import type { SettingName } from '../../lib/runtime/settings.ts';
import { isObject } from '../../lib/sources/payload/access.ts';
import type { Delivery } from '../../lib/sources/source.ts';

/** A line that a function logged; `function` is `receive` or `label`. */
export type FunctionLogLine = Readonly<Record<string, unknown>> & {
  readonly function: string;
  /** ISO 8601. */
  readonly time?: string;
};

/** A line that may have been meant and is no JSON: it was cut, or something else wrote it. */
export interface UnreadableLine {
  /** For people: `label at 2026-11-28T01:20:41.292Z`. */
  readonly where: string;
  readonly text: string;
}

export interface LogQuery {
  /** Texts of which a line must hold at least one, as they stand in its JSON. */
  readonly anyOf: readonly string[];
  /** Epoch milliseconds: no line from before. */
  readonly since: number;
  /** Hears of each line that matches and cannot be read: it is not among those that come. */
  readonly onUnreadable?: (line: UnreadableLine) => void;
  /** Ends the search, which then throws. */
  readonly signal?: AbortSignal;
}

export interface TailQuery extends Pick<LogQuery, 'since' | 'onUnreadable'> {
  /** Whether to go on with what is logged from now on, until `signal` ends it. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

/** How the lines `delivery` and `job` are known by: they say what came in and what became of it. */
export const STEP_LINES: LogQuery['anyOf'] = ['"message":"delivery"', '"message":"job"'];

/** What Lambda itself writes around an invocation. */
const LAMBDA_S_OWN = /^(?:INIT_START|START|END|REPORT|EXTENSION|TELEMETRY)\b/;
const TIME = /"time":"([\d:.TZ-]{20,30})"/;

/** A line as a function wrote it, if it matches the query. `onUnreadable` hears of one that cannot be read. */
export function lineOf(
  text: string,
  functionName: string,
  { anyOf, since, onUnreadable }: LogQuery,
): FunctionLogLine[] {
  if (!anyOf.some((one) => text.includes(one))) return [];
  const value = parseJson(text);
  if (isObject(value)) return [{ ...value, function: functionName }];
  const time = TIME.exec(text)?.[1];
  const isOld = time !== undefined && Date.parse(time) < since;
  if (!isOld && !LAMBDA_S_OWN.test(text)) {
    onUnreadable?.({ where: time ? `${functionName} at ${time}` : functionName, text });
  }
  return [];
}

export interface RulesInForce {
  readonly hash: string;
  /** ISO 8601. When the engine took them, or the stack was last deployed. */
  readonly since: string;
}

/** A delivery that came in once, without its proofs. */
export interface PastDelivery {
  /** Enough to name it by. */
  readonly id: string;
  readonly source: SourceName;
  readonly delivery: Delivery;
}

/** What a command works on: the local engine, or a deployed stage. */
export interface Target {
  /** For people: `the local engine`, `stage prod in eu-west-1`. */
  readonly name: string;
  readonly kind: 'engine' | 'stage';
  /** Webhooks are posted to `${url}/webhooks/{source}`. */
  readonly url: string;
  /** Where the engine's simulated Wix listens; undefined where a real site is labelled. */
  readonly simulatorUrl?: string;
  /** Where the engine's clock is moved; undefined for a stage, and where a real site is labelled. */
  readonly controlUrl?: string;
  /** Another one when the engine has forgotten what it held; undefined for a stage, which never does. */
  readonly memoryId?: string;
  /** Which rules run: their hash (lib/rules/authoring/decisive.ts), and since when. Undefined where that is not known. */
  readonly rules?: RulesInForce;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  readonly sqs: SQSClient;
  /** The table of histories; undefined where there are no standing labels. */
  readonly history?: {
    readonly table: string;
    readonly client: DynamoDBClientConfig;
    /** For how many years facts are kept, as it stands there; undefined where an older version does not say. */
    readonly years?: string;
  };
  /** The SNS topic of the alarms; undefined where there is none, as in the engine. */
  readonly alarmTopicArn?: string;
  /** The functions' settings in force, `ssm:` references read. A name that is absent is not set. */
  settings(): Promise<ReadonlyMap<SettingName, string>>;
  /** Those of them that are development defaults, not the user's; only the engine has such. */
  readonly defaults?: ReadonlySet<string>;
  /** What is set as if it were a source's secret, and is the setting of no source; unknown of a stage. */
  readonly unread?: readonly string[];
  /** What signs a source's deliveries as its sender would; undefined where that is not known here. */
  signingSecret(source: SourceName): Promise<string | undefined>;
  /** The deliveries that were accepted and kept since a time (epoch milliseconds), once each, oldest first. */
  deliveries(since: number, signal: AbortSignal): AsyncIterable<PastDelivery>;
  /** The lines of both functions' logs that match, oldest first. */
  logs(query: LogQuery): Promise<readonly FunctionLogLine[]>;
  /** The lines `delivery` and `job` of both functions, oldest first, one at a time. */
  tail(query: TailQuery): AsyncIterable<FunctionLogLine>;
  close(): void;
}

/** Which target a command line names: a stage, or with none the local engine. */
export interface TargetOptions {
  readonly stage?: string;
  readonly region?: string;
}

/** The same options as a command line has them: ` --stage prod`, or '' for the engine. */
export const targetOptions = ({ stage, region }: TargetOptions): string =>
  `${stage ? ` --stage ${stage}` : ''}${region ? ` --region ${region}` : ''}`;

/** The target's settings and queues, as the functions read them from their environment. */
export async function environmentOf(
  target: Target,
): Promise<Readonly<Partial<Record<SettingName, string>>>> {
  const { queueUrl: QUEUE_URL, deadLetterQueueUrl: DEAD_LETTER_QUEUE_URL } = target;
  return { ...Object.fromEntries(await target.settings()), QUEUE_URL, DEAD_LETTER_QUEUE_URL };
}

export type OpenTarget = (options: TargetOptions) => Promise<Target>;
