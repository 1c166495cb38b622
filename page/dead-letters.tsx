import type { DeadLetter } from './api.ts';
import { Action, Empty, Label, Time } from './parts.tsx';
import { inPath, post } from './requests.ts';
import { hrefOf } from './route.ts';
import { deadLetters } from './state.ts';

/** What was given up, what to do about it, and a way to let it go again. */
export function DeadLetterCard({ deadLetter }: { readonly deadLetter: DeadLetter }) {
  const { id, at, reason, detail, remedy, person, labels, flowId } = deadLetter;
  return (
    <div class="card bad">
      <p>
        <b>{reason}</b> <span class="muted">{person}</span>{' '}
        {labels.map((name) => (
          <Label key={name} name={name} />
        ))}
      </p>
      {detail && <p class="muted">{detail}</p>}
      <p>{remedy}</p>
      <p class="actions">
        <Action
          run={() => post(`dead-letters/${inPath(id)}/replay`)}
          done="It goes again."
          kind="main"
        >
          Replay
        </Action>
        <Action run={() => post(`dead-letters/${inPath(id)}/drop`)} done="Dropped." kind="quiet">
          Drop
        </Action>
        <span class="muted">
          given up <Time at={at} />
        </span>
        {flowId !== undefined && <a href={hrefOf('flow', flowId)}>Show its way</a>}
      </p>
    </div>
  );
}

/** More are not drawn: all of them can be replayed together. */
const MOST_SHOWN = 20;

export function DeadLetters() {
  const all = deadLetters.value;
  const replayAll = async (): Promise<void> => {
    for (const { id } of all) await post(`dead-letters/${inPath(id)}/replay`);
  };
  if (all.length === 0) return <Empty>There are none. Nothing was given up.</Empty>;
  return (
    <>
      {all.length > 1 && (
        <p class="actions">
          <Action run={replayAll} done="They go again.">
            Replay all {all.length}
          </Action>
        </p>
      )}
      {all.slice(0, MOST_SHOWN).map((one) => (
        <DeadLetterCard key={one.id} deadLetter={one} />
      ))}
      {all.length > MOST_SHOWN && (
        <p class="muted">
          {all.length - MOST_SHOWN} more: <code>./earmark dead-letters list</code>
        </p>
      )}
    </>
  );
}
