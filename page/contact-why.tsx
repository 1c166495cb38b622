import type { FactInWords, Why, WhyLabel } from './api.ts';
import { Json } from './json.tsx';
import { Part } from './parts.tsx';
import { now } from './state.ts';
import { countdown, day, many } from './words.ts';

/** The standing labels of a contact with their reasons, and what is kept of what they did. */
export function ContactWhy({ why }: { readonly why: Why }) {
  const { labels, facts, waiting, nextLook, problem } = why;
  return (
    <>
      <Part title="Standing labels" aside={nextLook && `next look ${inTime(nextLook)}`}>
        {problem && <p class="muted">{problem}</p>}
        <ul class="standing">
          {labels.map((label) => (
            <Standing key={label.name ?? label.condition} label={label} />
          ))}
        </ul>
      </Part>
      <Part title="History" aside={many(facts.length, 'fact')}>
        <Facts facts={facts} />
        {waiting.length > 0 && (
          <>
            <p class="muted">Waiting until the person is met as a contact:</p>
            <Facts facts={waiting} />
          </>
        )}
        <details>
          <summary>All of it, as JSON</summary>
          <Json title="History and reasons" value={why} />
        </details>
      </Part>
    </>
  );
}

const Facts = ({ facts }: { readonly facts: readonly FactInWords[] }) => (
  <ul class="plain">
    {facts.map(({ words }) => (
      <li key={words}>{words}</li>
    ))}
  </ul>
);

function Standing({ label }: { readonly label: WhyLabel }) {
  const { name, on, should, condition, reason, onSince, changesAt, facts } = label;
  return (
    <li class={on ? 'yes' : 'no'}>
      <span class="verdict">{on ? 'on' : 'off'}</span>
      <span class="rule">{name ?? '(computed)'}</span>
      <div class="why">
        {reason && <p>{reason}</p>}
        {onSince && <p>since {dayOf(onSince)}</p>}
        {facts.map(({ words }) => (
          <p key={words}>by {words}</p>
        ))}
        {changesAt && (
          <p>
            {should === 'on' ? 'ends' : 'comes'} {inTime(changesAt)}, as time goes on
          </p>
        )}
        {should === 'gone' ? (
          <p>rules.yml does not have it any more</p>
        ) : (
          <p class="mono muted">{condition.replace(/\s+/g, ' ').trim()}</p>
        )}
      </div>
    </li>
  );
}

const dayOf = (iso: string): string => day(Date.parse(iso));
const inTime = (iso: string): string => `${dayOf(iso)}, ${countdown(Date.parse(iso), now.value)}`;
