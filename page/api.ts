// What the page and the engine say to each other, as JSON under `/_earmark/` of the engine's address. Types alone.
// Times are epoch milliseconds of the engine's clock, which may be ahead of the system's.

/** `GET /_earmark/engine`: what does not change while the engine runs, but for the rules. */
export interface EngineInfo {
  readonly url: string;
  /** False: a real site is labelled, and what would touch it (contacts, breaking, time) is not there. */
  readonly isSimulated: boolean;
  readonly now: number;
  readonly sources: readonly SourceInfo[];
  /** The file that is edited, as `npm start` was given it. */
  readonly rulesFile: string;
  readonly rules: RulesInfo;
  readonly presets: readonly PresetInfo[];
  /** Where rules.yml has `labels:`. */
  readonly hasHistories: boolean;
}

export interface SourceInfo {
  readonly name: string;
  /** Event types that there is a sample of. */
  readonly samples: readonly string[];
  /** False where what is sent cannot be signed, e.g. since the secret is somebody else's. */
  readonly canSign: boolean;
}

/** What runs, and what the file says. */
export interface RulesInfo {
  readonly hash: string;
  readonly since: number;
  readonly rules: readonly string[];
  readonly standing: readonly string[];
  /** Mistakes of the file as it is; empty where it compiles. */
  readonly problems: readonly Problem[];
  /** Why what was saved last does not run, in words; undefined where it does, or is being taken. */
  readonly refusal: string | undefined;
  /** The file says what runs. */
  readonly isInForce: boolean;
}

/** A place in a text: lines and columns from 1. */
export interface Problem {
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly message: string;
  readonly level: 'error' | 'note';
}

export type FlowState =
  | 'received'
  | 'queued'
  | 'waiting'
  | 'labelled'
  | 'unchanged'
  | 'remembered'
  | 'ignored'
  | 'refused'
  | 'dead-letter';

/** One delivery, or review, on its way. It is sent again, with the same `id`, whenever something of it changes. */
export interface Flow {
  readonly id: string;
  readonly at: number;
  readonly source: string;
  /** The event's type, else the sender's topic, else ''. */
  readonly type: string;
  /** The contact's e-mail or name, where the engine knows the contact. */
  readonly person: string | undefined;
  readonly contactId: string | undefined;
  readonly rules: readonly string[];
  readonly add: readonly string[];
  readonly remove: readonly string[];
  readonly state: FlowState;
  /** Why it waits, was ignored, refused or given up; in words. */
  readonly reason: string | undefined;
  /** When a job that waits comes back. */
  readonly nextTryAt: number | undefined;
  readonly tries: number;
}

/** `GET /_earmark/flows/{id}`: everything that is known of one. */
export interface FlowDetail {
  readonly flow: Flow;
  /** What came in, as it is kept: secrets are masked. Absent for a review. */
  readonly request: KeptRequest | undefined;
  readonly answer: { readonly status: number; readonly body: string } | undefined;
  /** The events as they were read; more than one is rare. */
  readonly events: readonly unknown[];
  /** Each rule with its verdict, as `rules test` gives it. */
  readonly rules: readonly RuleVerdict[];
  /** The message in the queue, while there is one. */
  readonly job: unknown;
  readonly tries: readonly Try[];
  readonly deadLetter: DeadLetter | undefined;
  /** What the functions logged about it, oldest first. */
  readonly log: readonly unknown[];
}

interface KeptRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface RuleVerdict {
  readonly rule: string;
  readonly matched: boolean;
  readonly add: readonly string[];
  readonly remove: readonly string[];
  /** Why not, or why it failed; in words. */
  readonly why: string | undefined;
}

/** A try of the worker, with the calls that it made to Wix. */
export interface Try {
  readonly at: number;
  readonly outcome: string;
  readonly reason: string | undefined;
  readonly calls: readonly WixCall[];
}

export interface WixCall {
  readonly at: number;
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly request: unknown;
  /** 0: no answer. */
  readonly status: number;
  readonly answer: unknown;
}

export interface DeadLetter {
  readonly id: string;
  /** The flow that it is of, where that is known. */
  readonly flowId: string | undefined;
  readonly at: number;
  readonly reason: string;
  readonly detail: string | undefined;
  /** What to do, as `earmark dead-letters list` says it. */
  readonly remedy: string;
  readonly person: string | undefined;
  readonly labels: readonly string[];
}

/** `GET /_earmark/contacts`: of the simulated Wix, the last changed first. */
export interface Contact {
  readonly id: string;
  readonly name: string;
  readonly email: string | undefined;
  readonly phone: string | undefined;
  readonly labels: readonly string[];
  readonly changedAt: number;
  /** With the last change. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Removed, or merged into another: said once, and then it is in no list. */
  readonly isGone: boolean;
}

/** `GET /_earmark/contacts/{id}`: with the history and the reasons of standing labels, as `earmark why` gives them. */
export interface ContactDetail {
  readonly contact: Contact;
  /** The report of `earmark why --json`; absent where there are no histories. */
  readonly why: Why | undefined;
}

/** What the page shows of that report in words. */
export interface Why {
  readonly labels: readonly WhyLabel[];
  readonly facts: readonly FactInWords[];
  /** Kept until the person is met as a contact. */
  readonly waiting: readonly FactInWords[];
  readonly nextLook?: string | undefined;
  readonly problem?: string | undefined;
}
export interface FactInWords {
  readonly words: string;
}
export interface WhyLabel {
  readonly name?: string | undefined;
  readonly on: boolean;
  readonly should: 'on' | 'off' | 'undecided' | 'gone';
  readonly condition: string;
  readonly reason?: string | undefined;
  readonly onSince?: string | undefined;
  readonly changesAt?: string | undefined;
  readonly facts: readonly FactInWords[];
}

export interface PresetInfo {
  readonly name: string;
  /** What it does, in words. */
  readonly title: string;
  readonly isOn: boolean;
  /** It is done at once, and is never on. */
  readonly isOnce: boolean;
}

/** One minute of the figures that the deployed dashboard shows; a gap is a minute in which nothing happened. */
export interface FiguresMinute {
  readonly minute: number;
  readonly received: number;
  readonly ignored: number;
  readonly refused: number;
  readonly queued: number;
  readonly labelled: number;
  readonly retries: number;
  readonly deadLetters: number;
  readonly wixCalls: number;
  readonly wixFailures: number;
  /** Messages in the jobs queue at the end of the minute. */
  readonly waiting: number;
}

/** `GET /_earmark/stream`: server-sent events, `event:` is the key, `data:` the JSON. The first of each says all. */
export interface StreamEvents {
  /** The latest flows at first, then those that changed. */
  flows: readonly Flow[];
  contacts: readonly Contact[];
  deadLetters: readonly DeadLetter[];
  rules: RulesInfo;
  presets: readonly PresetInfo[];
  /** Samples that come by themselves, a minute. */
  rate: number;
  clock: { readonly now: number; readonly aheadMs: number };
  /** Calls to Wix are stopped until then, as the breaker says. */
  breaker: { readonly openUntil: number | undefined; readonly reason: string | undefined };
  figures: readonly FiguresMinute[];
}

/**
 * `GET /_earmark/samples/{source}/{type}`: a sample as it would be sent, before it is signed. `headers` has the topic
 * alone, by the name of its header, or as `topic` where the sender has none for it. `body` is JSON, for `wix` that of
 * the entity in the token.
 */
export interface Sample {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The e-mail of the person in it; undefined where it names nobody by that. */
  readonly email: string | undefined;
}

/** `POST /_earmark/send`: signs and posts it. Answers `Sent`. */
export interface SendRequest {
  readonly source: string;
  /** Of the sample that it was made of. */
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Adds a contact of this e-mail to the simulated Wix first, unless there is one. */
  readonly contact?: string | undefined;
}
export interface Sent {
  readonly status: number;
  readonly body: string;
  readonly flowId: string | undefined;
}

/** `GET /_earmark/rules`, and `PUT` to save it, which answers `RulesInfo`: 409 where the file changed since `before`. */
export interface RulesText {
  readonly text: string;
  /** The hash of the text that was read. */
  readonly before: string;
}

/** `POST /_earmark/rules/try` `{ text, flows }`: what these rules would make of chosen deliveries. Nothing is saved. */
export interface TryRequest {
  readonly text: string;
  readonly flows: readonly string[];
}
export interface Tried {
  readonly problems: readonly Problem[];
  readonly results: readonly {
    readonly flowId: string;
    readonly rules: readonly RuleVerdict[];
    readonly add: readonly string[];
    readonly remove: readonly string[];
    /** The rules that run make something else of it. */
    readonly isOther: boolean;
  }[];
}

/** Other requests: all answer `{}`, or a status from 400 on with `{ message }`. */
export interface Requests {
  'POST /_earmark/flows/{id}/send-again': undefined;
  'POST /_earmark/dead-letters/{id}/replay': undefined;
  'POST /_earmark/dead-letters/{id}/drop': undefined;
  /** `rate`: samples a minute, until it is 0. */
  'POST /_earmark/presets': { readonly name: string; readonly isOn: boolean };
  'POST /_earmark/rate': { readonly perMinute: number };
  'POST /_earmark/clock': { readonly to: number };
}
