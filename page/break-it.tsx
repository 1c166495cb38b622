import { useSignal } from '@preact/signals';
import { announce } from './announce.ts';
import type { PresetInfo } from './api.ts';
import { DeadLetters } from './dead-letters.tsx';
import { Action, Countdown, Part, Trouble } from './parts.tsx';
import { command, messageOf } from './requests.ts';
import { breaker, clock, deadLetters, now, presets, rate, stages } from './state.ts';
import { dayAndTime, many, span } from './words.ts';

export function Break() {
  return (
    <section class="side" aria-labelledby="break-title">
      <div class="head">
        <h2 id="break-title" tabIndex={-1}>
          Break it
        </h2>
      </div>
      <p class="intro">Switch something on, and watch the flow: nothing verified is lost.</p>
      <Seen />
      <Presets />
      <div class="two">
        <Rate />
        <MoveTime />
      </div>
      <Part title="Dead letters" aside={String(deadLetters.value.length)}>
        <DeadLetters />
      </Part>
    </section>
  );
}

/** Breaker, queue and dead letters at a glance. */
function Seen() {
  const { openUntil } = breaker.value;
  const { queued, waiting } = stages.value;
  return (
    <dl class="seen">
      <div class={openUntil === undefined ? 'good' : 'wait'}>
        <dt>Calls to Wix</dt>
        <dd>
          {openUntil === undefined ? (
            'go through'
          ) : (
            <>
              stopped; next <Countdown at={openUntil} />
            </>
          )}
        </dd>
      </div>
      <div class={waiting > 0 ? 'wait' : 'good'}>
        <dt>Queue</dt>
        <dd>
          {many(queued, 'job')}, {waiting} waiting
        </dd>
      </div>
      <div class={deadLetters.value.length > 0 ? 'bad' : 'good'}>
        <dt>Dead letters</dt>
        <dd>{deadLetters.value.length || 'none'}</dd>
      </div>
    </dl>
  );
}

function Presets() {
  return (
    <Part title="Wix and the site">
      <ul class="presets">
        {presets.value.map((preset) => (
          <Preset key={preset.name} preset={preset} />
        ))}
      </ul>
    </Part>
  );
}

function Preset({ preset: { name, title, isOn, isOnce } }: { readonly preset: PresetInfo }) {
  const problem = useSignal('');
  const turn = async (): Promise<void> => {
    problem.value = '';
    try {
      await command('presets', { name, isOn: !isOn });
      announce(`${title}: ${isOn ? 'off' : 'on'}.`);
    } catch (error) {
      problem.value = messageOf(error);
    }
  };
  if (isOnce) {
    return (
      <li>
        <Action run={() => command('presets', { name, isOn: true })} done={`${title}: done.`}>
          {title}
        </Action>
      </li>
    );
  }
  return (
    <li>
      <button type="button" role="switch" aria-checked={isOn} onClick={() => void turn()}>
        <span class="knob" aria-hidden="true" />
        <span>{title}</span>
      </button>
      {problem.value && <Trouble>{problem.value}</Trouble>}
    </li>
  );
}

const RATES = [0, 6, 60, 300, 1_200];

function Rate() {
  return (
    <Part title="Events">
      <fieldset class="choices">
        <legend class="unseen">Samples a minute</legend>
        {RATES.map((perMinute) => (
          <Action
            key={perMinute}
            kind={perMinute === rate.value ? 'main' : 'plain'}
            done={perMinute === 0 ? 'No more samples.' : `${perMinute} samples a minute.`}
            run={() => command('rate', { perMinute })}
          >
            {perMinute === 0 ? 'None' : perMinute.toLocaleString('en-US')}
          </Action>
        ))}
      </fieldset>
      <p class="muted">samples a minute, each of another event</p>
    </Part>
  );
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const STEPS = [
  ['2 min', 2 * MINUTE],
  ['15 min', 15 * MINUTE],
  ['2 h', 120 * MINUTE],
  ['3 d', 3 * DAY],
  ['181 d', 181 * DAY],
] as const;

function MoveTime() {
  const { aheadMs } = clock.value;
  return (
    <Part title="Time">
      <fieldset class="choices">
        <legend class="unseen">Move the engine's time on</legend>
        {STEPS.map(([name, ms]) => (
          <Action
            key={name}
            run={() => command('clock', { to: now.peek() + ms })}
            done={`The time was moved on by ${name}.`}
          >
            +{name}
          </Action>
        ))}
      </fieldset>
      <p class="muted">
        It is {dayAndTime(now.value)} for the engine
        {aheadMs > 0 && `, ${span(aheadMs)} ahead; only a new start takes it back`}
      </p>
    </Part>
  );
}
