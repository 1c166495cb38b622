import { type Signal, useComputed, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Flow, Tried, TryRequest } from './api.ts';
import { Verdicts } from './flow-detail.tsx';
import { Changes, Empty, Part, Time, Trouble } from './parts.tsx';
import { messageOf, post } from './requests.ts';
import { flows, rules } from './state.ts';
import { many } from './words.ts';

const AFTER_TYPING_MS = 350;
/** So many of the latest deliveries are tried, where none are chosen. */
const CHOSEN = 6;
const TO_CHOOSE = 20;

/** What a text as rules would make of deliveries, and what is wrong with it. */
export function Trial({
  text,
  tried,
}: {
  readonly text: string;
  readonly tried: Signal<Tried | undefined>;
}) {
  const chosen = useSignal<readonly string[]>([]);
  const problem = useSignal('');
  const offered = useComputed(() => readFlows(flows.value.list));
  const asked = chosen.value.length > 0 ? chosen.value : offered.value.slice(0, CHOSEN).map(idOf);
  useEffect(() => {
    let isOver = false;
    const ask = async (): Promise<void> => {
      try {
        const found = await post<Tried>('rules/try', { text, flows: asked } satisfies TryRequest);
        if (isOver) return;
        tried.value = found;
        problem.value = '';
      } catch (error) {
        problem.value = messageOf(error);
      }
    };
    const timer = setTimeout(() => void ask(), AFTER_TYPING_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [text, asked.join(), rules.value?.hash]);
  return (
    <Part title="What these rules make of" aside={many(asked.length, 'delivery', 'deliveries')}>
      {problem.value && <Trouble>{problem.value}</Trouble>}
      {/^labels:/m.test(text) && (
        <p class="muted">Standing labels follow histories, and are not tried here.</p>
      )}
      <Choose offered={offered.value.slice(0, TO_CHOOSE)} chosen={chosen} />
      <Results tried={tried.value} />
    </Part>
  );
}

const idOf = ({ id }: Flow): string => id;

/** What was read, so that rules can be asked of it. */
const readFlows = (list: readonly Flow[]): readonly Flow[] =>
  list.filter(({ state, type }) => state !== 'refused' && type !== '');

function Choose({
  offered,
  chosen,
}: {
  readonly offered: readonly Flow[];
  readonly chosen: Signal<readonly string[]>;
}) {
  if (offered.length === 0) return <Empty>Send something first, and its result stands here.</Empty>;
  return (
    <details>
      <summary>
        {chosen.value.length > 0 ? `${chosen.value.length} chosen` : `The latest ${CHOSEN}`}: choose
        others
      </summary>
      <fieldset class="choose">
        <legend class="unseen">Deliveries to try the rules on</legend>
        {offered.map(({ id, type, source, person, at }) => (
          <label key={id}>
            <input
              type="checkbox"
              checked={chosen.value.includes(id)}
              onChange={({ currentTarget: { checked } }) => {
                const others = chosen.value.filter((one) => one !== id);
                chosen.value = checked ? [...others, id] : others;
              }}
            />
            <span>
              <Time at={at} /> {type}{' '}
              <span class="muted">
                {source}, {person ?? 'nobody known'}
              </span>
            </span>
          </label>
        ))}
      </fieldset>
    </details>
  );
}

function Results({ tried }: { readonly tried: Tried | undefined }) {
  const byId = flows.value.byId;
  return (
    <ul class="results">
      {tried?.results.map(({ flowId, rules: verdicts, add, remove, isOther }) => {
        const flow = byId.get(flowId);
        return (
          <li key={flowId} class={isOther ? 'is-other' : ''}>
            <details>
              <summary>
                <span class="what">
                  {flow?.type ?? flowId} <span class="muted">{flow?.person}</span>
                </span>
                {add.length + remove.length === 0 && <span class="muted">nothing</span>}
                <Changes add={add} remove={remove} />
                {isOther && <span class="other">other than now</span>}
              </summary>
              <Verdicts rules={verdicts} />
            </details>
          </li>
        );
      })}
    </ul>
  );
}
