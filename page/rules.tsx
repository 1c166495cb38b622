import { useComputed, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { announce } from './announce.ts';
import type { Flow, Problem, RulesText, Tried, TryRequest } from './api.ts';
import { Editor } from './editor.tsx';
import { yaml } from './editor-languages.ts';
import { Verdicts } from './flow-detail.tsx';
import { Action, Changes, Empty, Part, Time, Trouble, useAsked } from './parts.tsx';
import { messageOf, post, put } from './requests.ts';
import { completeRules } from './rules-completion.ts';
import { flows, rules } from './state.ts';
import { many } from './words.ts';

/** Typed and not saved; it stays while other views are open. */
const draft: { text: string | undefined; before: string } = { text: undefined, before: '' };

const AFTER_TYPING_MS = 350;
/** So many of the latest deliveries are tried, where none are chosen. */
const CHOSEN = 6;
const TO_CHOOSE = 20;

export function Rules() {
  const file = useAsked<RulesText>('rules', [rules.value?.hash]);
  const text = useSignal(draft.text ?? '');
  const given = useSignal({ text: text.value });
  const fill = (filled: string): void => {
    text.value = filled;
    given.value = { text: filled };
  };
  const chosen = useSignal<readonly string[]>([]);
  const tried = useSignal<Tried | undefined>(undefined);
  const problem = useSignal('');

  // What runs changed: the editor follows, unless somebody has typed in it.
  useEffect(() => {
    if (!file.value || draft.text !== undefined) return;
    fill(file.value.text);
    draft.before = file.value.before;
  }, [file.value]);

  const offered = useComputed(() => readFlows(flows.value.list));
  const asked = chosen.value.length > 0 ? chosen.value : offered.value.slice(0, CHOSEN).map(idOf);
  useEffect(() => {
    if (text.value === '') return;
    const timer = setTimeout(async () => {
      const request: TryRequest = { text: text.value, flows: asked };
      try {
        tried.value = await post<Tried>('rules/try', request);
        problem.value = '';
      } catch (error) {
        problem.value = messageOf(error);
      }
    }, AFTER_TYPING_MS);
    return () => clearTimeout(timer);
  }, [text.value, asked.join()]);

  const problems = tried.value?.problems ?? [];
  const errors = problems.filter(({ level }) => level === 'error');
  const isChanged = file.value !== undefined && text.value !== file.value.text;
  const save = async (): Promise<void> => {
    const { text: sent } = { text: text.value };
    await put('rules', { text: sent, before: draft.before } satisfies RulesText);
    draft.text = undefined;
    announce('Saved.');
  };
  return (
    <section class="side rules" aria-labelledby="rules-title">
      <div class="head">
        <h2 id="rules-title" tabIndex={-1}>
          Rules
        </h2>
        <Running />
      </div>
      {file.problem && <Trouble>{file.problem}</Trouble>}
      <Editor
        title="rules.yml"
        given={given.value}
        onChange={(typed) => {
          text.value = typed;
          draft.text = typed === file.value?.text ? undefined : typed;
        }}
        language={yaml}
        complete={completeRules}
        problems={problems}
        onSave={() =>
          void (errors.length === 0 && save().catch((error) => (problem.value = messageOf(error))))
        }
      />
      <Problems problems={problems} />
      {problem.value && <Trouble>{problem.value}</Trouble>}
      <p class="actions">
        <Action run={save} kind="main" isOff={!isChanged || errors.length > 0}>
          Save rules.yml
        </Action>
        <button
          type="button"
          class="quiet"
          aria-disabled={!isChanged}
          onClick={() => {
            draft.text = undefined;
            draft.before = file.value?.before ?? '';
            fill(file.value?.text ?? '');
          }}
        >
          Undo my changes
        </button>
        <span class="muted">
          {isChanged ? 'Not saved: what runs is as before.' : 'As it is in the file.'}
        </span>
      </p>
      <Part title="What these rules make of" aside={many(asked.length, 'delivery', 'deliveries')}>
        <Choose offered={offered.value.slice(0, TO_CHOOSE)} chosen={chosen} />
        <Results tried={tried.value} />
      </Part>
    </section>
  );
}

const idOf = ({ id }: Flow): string => id;

/** What was read, so that rules can be asked of it. */
const readFlows = (list: readonly Flow[]): readonly Flow[] =>
  list.filter(({ state, type }) => state !== 'refused' && type !== '');

function Running() {
  const { hash, since, rules: names, standing } = rules.value ?? {};
  if (hash === undefined || since === undefined) return null;
  return (
    <span class="muted">
      {many(names?.length ?? 0, 'rule')}, {many(standing?.length ?? 0, 'standing label')}, running
      since <Time at={since} />
    </span>
  );
}

function Problems({ problems }: { readonly problems: readonly Problem[] }) {
  return (
    <ul class="problems" aria-live="polite" aria-label="Problems of the rules">
      {problems.map(({ line, column, message, level }) => (
        <li key={`${line}:${column} ${message}`} class={level}>
          <b>{level === 'error' ? 'Error' : 'Note'}</b>
          {line !== undefined && ` ${line}:${column ?? 1}`} {message}
        </li>
      ))}
    </ul>
  );
}

function Choose({
  offered,
  chosen,
}: {
  readonly offered: readonly Flow[];
  readonly chosen: { value: readonly string[] };
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
      {tried?.results.map(({ flowId, rules: verdicts, add, remove }) => {
        const flow = byId.get(flowId);
        const isOther = flow !== undefined && textOf({ add, remove }) !== textOf(flow);
        return (
          <li key={flowId} class={isOther ? 'is-other' : ''}>
            <details>
              <summary>
                <span class="what">
                  {flow?.type ?? flowId} <span class="muted">{flow?.person}</span>
                </span>
                {add.length + remove.length === 0 && <span class="muted">nothing</span>}
                <Changes add={add} remove={remove} />
                {isOther && <span class="other">other than it was</span>}
              </summary>
              <Verdicts rules={verdicts} />
            </details>
          </li>
        );
      })}
    </ul>
  );
}

const textOf = ({ add, remove }: Pick<Flow, 'add' | 'remove'>): string =>
  JSON.stringify([add.toSorted(), remove.toSorted()]);
