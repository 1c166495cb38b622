// Small things that several views show.
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { announce } from './announce.ts';
import type { Flow } from './api.ts';
import { get, messageOf } from './requests.ts';
import { now } from './state.ts';
import { countdown, dayAndTime, STATES, shortTime } from './words.ts';

export function Outcome({ state }: Pick<Flow, 'state'>) {
  const { word, tone } = STATES[state];
  return <span class={`outcome ${tone}`}>{word}</span>;
}

export const Countdown = ({ at }: { readonly at: number }) => <>{countdown(at, now.value)}</>;

export function Time({ at, isShort = true }: { readonly at: number; readonly isShort?: boolean }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={dayAndTime(at)}>
      {isShort ? shortTime(at, now.peek()) : dayAndTime(at)}
    </time>
  );
}

export const Label = ({ name }: { readonly name: string }) => <span class="label">{name}</span>;

/** Labels that came and went; the sign is read out as a word. */
export function Changes({ add, remove }: Pick<Flow, 'add' | 'remove'>) {
  return (
    <span class="labels">
      {add.map((name) => (
        <span class="label plus" key={`+${name}`}>
          <span class="sign" aria-hidden="true">
            +
          </span>
          <span class="unseen">added </span>
          {name}
        </span>
      ))}
      {remove.map((name) => (
        <span class="label minus" key={`-${name}`}>
          <span class="sign" aria-hidden="true">
            −
          </span>
          <span class="unseen">removed </span>
          {name}
        </span>
      ))}
    </span>
  );
}

export function Part({
  title,
  aside,
  children,
}: {
  readonly title: string;
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  return (
    <section class="part">
      <h3>
        {title}
        {aside !== undefined && <span class="aside">{aside}</span>}
      </h3>
      {children}
    </section>
  );
}

export const Empty = ({ children }: { readonly children: ComponentChildren }) => (
  <p class="empty">{children}</p>
);

export const Trouble = ({ children }: { readonly children: ComponentChildren }) => (
  <p class="trouble" role="alert">
    {children}
  </p>
);

/** What an engine answered, or why it did not. What was there before stays until the new is here. */
export interface Asked<T> {
  readonly value: T | undefined;
  readonly problem: string | undefined;
}

/**
 * Asks the engine, and again when one of `again` changes.
 * @param path undefined: nothing is asked
 */
export function useAsked<T>(path: string | undefined, again: readonly unknown[] = []): Asked<T> {
  const [asked, setAsked] = useState<Asked<T> & { readonly of: string | undefined }>({
    value: undefined,
    problem: undefined,
    of: undefined,
  });
  useEffect(() => {
    let isOver = false;
    if (path !== undefined) {
      get<T>(path).then(
        (value) => isOver || setAsked({ value, problem: undefined, of: path }),
        (error) => isOver || setAsked({ value: undefined, problem: messageOf(error), of: path }),
      );
    }
    return () => {
      isOver = true;
    };
  }, [path, ...again]);
  return asked.of === path ? asked : { value: undefined, problem: undefined };
}

/** A button that does something at the engine: it waits for the answer, and shows what went wrong. */
export function Action({
  run,
  done,
  kind = 'plain',
  isOff = false,
  children,
}: {
  readonly run: () => Promise<unknown>;
  /** What is said when it is done. */
  readonly done?: string;
  readonly kind?: 'plain' | 'main' | 'quiet';
  readonly isOff?: boolean;
  readonly children: ComponentChildren;
}) {
  const isBusy = useSignal(false);
  const problem = useSignal('');
  const act = async (): Promise<void> => {
    if (isBusy.value || isOff) return;
    isBusy.value = true;
    problem.value = '';
    try {
      await run();
      if (done !== undefined) announce(done);
    } catch (error) {
      problem.value = messageOf(error);
    }
    isBusy.value = false;
  };
  // Not `disabled`: the focus would be lost.
  return (
    <>
      <button
        type="button"
        class={kind}
        aria-disabled={isOff || isBusy.value}
        onClick={() => void act()}
      >
        {children}
      </button>
      {problem.value && <Trouble>{problem.value}</Trouble>}
    </>
  );
}
