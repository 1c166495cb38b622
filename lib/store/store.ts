import type { KeptFact } from '../history/fact.ts';

/** Whose history it is: a contact's, or that of somebody who is no contact yet, by the hash of a reference. */
export type Owner =
  | { readonly site: string; readonly contactId: string }
  | { readonly site: string; readonly reference: string };

/** A standing label as it was last put on a contact, or found there. */
export interface HeldLabel {
  /** Epoch milliseconds. */
  readonly since: number;
  /** The id of its definition (`definitionId`). */
  readonly by: string;
}

/** Changes of labels that were begun at Wix, and of which it is not known how they ended. */
export interface BegunChanges {
  /** The id of the definition by label name. */
  readonly names: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** What is known of the labels of one contact. */
export interface ContactState {
  /** By label name. A standing label that is not in it is not on the contact. */
  readonly held: Readonly<Record<string, HeldLabel>>;
  /** By the id of the try that began them. */
  readonly begun: Readonly<Record<string, BegunChanges>>;
  /** Hashes of the references that are known to mean the contact. */
  readonly references: readonly string[];
  /** The hash of the definitions that it was last evaluated with. */
  readonly definitions: string;
  /** When a label may next change by time alone. Epoch milliseconds. */
  readonly dueAt?: number | undefined;
  /** The contact that this one was merged into. It has the history now. */
  readonly mergedInto?: string | undefined;
  /** The contacts that were merged into this one: what is left of them is to be erased with it. */
  readonly mergedFrom?: readonly string[] | undefined;
}

/** A state as it was read; `version` goes up with each write. */
export type StoredState = ContactState & { readonly version: number };

/** Which contact a reference means. */
export interface Alias {
  readonly contactId: string;
  /** When Wix last said so. Epoch milliseconds. */
  readonly checkedAt: number;
}

/** All that is kept of one owner. */
export interface OwnerRecord {
  readonly facts: readonly KeptFact[];
  /** Of a contact alone. */
  readonly state?: StoredState | undefined;
  /** Of a reference alone. */
  readonly alias?: Alias | undefined;
  /** There are more facts than MOST_FACTS: the others were not read. */
  readonly cut: boolean;
}

/** More of one owner are not read: it is no person's history, and each event would cost as much as a thousand. */
export const MOST_FACTS = 2_000;

export interface DueContact {
  readonly contactId: string;
  /** Epoch milliseconds. */
  readonly dueAt: number;
}

/** How far a review of all contacts got. */
export interface FullReview {
  /** What it was begun for: the hash of the definitions, and of what is to be erased. */
  readonly goal: string;
  /** Where to go on; undefined when it is over. */
  readonly cursor?: string | undefined;
}

/**
 * What customers did, and which standing labels they have. Every read but `due` is consistent: it shows all writes that
 * were answered before. Every function throws StoreError where the store does not answer or refuses; what it was to
 * write may be written all the same, or written in part.
 */
export interface HistoryStore {
  /** Everything about one owner. */
  read(owner: Owner): Promise<OwnerRecord>;
  /** Adds facts: of each thing and event type the latest stays. To add again, or in another order, changes nothing. */
  addFacts(owner: Owner, facts: readonly KeptFact[]): Promise<void>;
  /** Removes facts that are still as given. One that has got another state meanwhile stays. */
  removeFacts(owner: Owner, facts: readonly KeptFact[]): Promise<void>;
  /**
   * Writes the state of a contact, if it is still as it was read.
   * @param version of the state that was read; undefined where there was none
   * @returns false where somebody else was first, and nothing is written; or where this write was done before and its
   *   answer was lost: read again
   */
  saveState(
    owner: Owner & { contactId: string },
    state: ContactState,
    version?: number,
  ): Promise<boolean>;
  saveAlias(site: string, reference: string, alias: Alias): Promise<void>;
  removeAlias(site: string, reference: string): Promise<void>;
  /** Contacts whose `dueAt` has come, the longest due first. A hint: it may be seconds behind. */
  due(site: string, until: number, most: number): Promise<readonly DueContact[]>;
  /** Sets a contact's `dueAt`, if it is still the one given. The version stays: the state is as it was read. */
  postpone(site: string, due: DueContact, until: number): Promise<void>;
  /**
   * Some contacts that have a state, in no order: at most so many, and maybe none though there are more.
   * @param cursor where the last call ended
   * @returns a cursor where there may be more
   */
  contacts(
    site: string,
    most: number,
    cursor?: string,
  ): Promise<{ readonly contactIds: readonly string[]; readonly cursor?: string | undefined }>;
  /**
   * Some references under which facts wait for somebody to become a contact, in no order: at most so many, and maybe none
   * though there are more. The last may come again with the next call.
   * @param cursor where the last call ended
   * @returns a cursor where there may be more
   */
  waiting(
    site: string,
    most: number,
    cursor?: string,
  ): Promise<{ readonly references: readonly string[]; readonly cursor?: string | undefined }>;
  readFullReview(site: string): Promise<FullReview | undefined>;
  saveFullReview(site: string, review: FullReview): Promise<void>;
  /** When the shop of a source asked to erase all it sent (epoch milliseconds), by source. */
  readErasures(site: string): Promise<Readonly<Record<string, number>>>;
  saveErasure(site: string, source: string, at: number): Promise<void>;
  /** Erases everything about one owner: facts, state and alias. */
  erase(owner: Owner): Promise<void>;
}

/** `throttled`, `unavailable`: it may work later. `refused`: the store does not let Earmark in, or is not there. */
export const STORE_FAILURES = ['throttled', 'unavailable', 'refused'] as const;
export type StoreFailure = (typeof STORE_FAILURES)[number];

/** The store did not do what it was asked for. The message holds nothing of a person. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly failure: StoreFailure;
  constructor(failure: StoreFailure, message: string, cause?: unknown) {
    super(message, { cause });
    this.failure = failure;
  }
}
