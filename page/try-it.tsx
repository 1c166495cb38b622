import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { announce, announceOutcome } from './announce.ts';
import { Editor } from './editor.tsx';
import { json } from './editor-languages.ts';
import { Action, Changes, Countdown, Empty, Outcome, Part, Trouble } from './parts.tsx';
import { messageOf } from './requests.ts';
import { hrefOf } from './route.ts';
import {
  draft,
  edit,
  editEmail,
  edition,
  firstOf,
  loadSample,
  type Sending,
  send,
  sent,
} from './sending.ts';
import { engine, flows, trying } from './state.ts';
import { answerInWords } from './words.ts';

export function Try() {
  const { source, type } = trying.value;
  const problem = useSignal('');
  const load = (): Promise<void> =>
    loadSample().then(
      () => {
        problem.value = '';
      },
      (error) => {
        problem.value = messageOf(error);
      },
    );
  const held = draft.value;
  const isHeld = held?.source === source && held.type === type;
  useEffect(() => {
    if (!isHeld && type) void load();
  }, [source, type]);
  const run = async (): Promise<void> => {
    const answer = await send();
    if (!answer) return;
    announce(`Sent. ${answerInWords(answer)}`);
    if (answer.flowId !== undefined) announceOutcome(answer.flowId);
  };
  const canSign = engine.value?.sources.find(({ name }) => name === source)?.canSign ?? false;
  return (
    <section class="side" aria-labelledby="try-title">
      <div class="head">
        <h2 id="try-title" tabIndex={-1}>
          Try it
        </h2>
      </div>
      <p class="intro">Send a sample as its sender would, signed, and watch what becomes of it.</p>
      <Choice />
      <Person />
      <Headers />
      {problem.value && <Trouble>{problem.value}</Trouble>}
      <Editor
        title="Body of the delivery"
        text={held?.body ?? ''}
        edition={edition.value}
        onChange={(body) => edit({ body })}
        language={json}
      />
      <p class="actions">
        <Action run={run} kind="main" isOff={!isHeld || !canSign}>
          Send {type || 'it'}
        </Action>
        <button type="button" class="quiet" onClick={() => void load()}>
          Undo my changes
        </button>
      </p>
      {!canSign && (
        <p class="muted">
          The secret of {source} is somebody else's, so nothing can be signed with it here.
        </p>
      )}
      <Part title="What became of it">
        {sent.value.length === 0 && <Empty>Nothing was sent from here yet.</Empty>}
        <ul class="plain sent">
          {sent.value.map((one) => (
            <SentLine key={one.number} one={one} />
          ))}
        </ul>
      </Part>
    </section>
  );
}

function Choice() {
  const { source, type } = trying.value;
  const sources = engine.value?.sources.filter(({ samples }) => samples.length > 0) ?? [];
  const samples = sources.find(({ name }) => name === source)?.samples ?? [];
  const set = (change: Partial<typeof trying.value>): void => {
    trying.value = { ...trying.value, ...change };
  };
  return (
    <div class="fields">
      <label>
        Sender
        <select
          value={source}
          onChange={({ currentTarget: { value } }) => {
            const found = sources.find(({ name }) => name === value);
            set({ source: value, type: firstOf(found?.samples) });
          }}
        >
          {sources.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        Event
        <select value={type} onChange={({ currentTarget: { value } }) => set({ type: value })}>
          {samples.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

/** Whom it is about, and whether the simulated Wix knows that person. */
function Person() {
  const email = draft.value?.email;
  if (email === undefined) return null;
  return (
    <div class="fields">
      <label>
        Person
        <input
          type="email"
          value={email}
          onChange={({ currentTarget: { value } }) => editEmail(value.trim())}
        />
      </label>
      {engine.value?.isSimulated && (
        <label class="check">
          <input
            type="checkbox"
            checked={trying.value.isContact}
            onChange={({ currentTarget: { checked } }) => {
              trying.value = { ...trying.value, isContact: checked };
            }}
          />
          is a contact of the site
        </label>
      )}
    </div>
  );
}

/** What the sender says beside the body: the topic. */
function Headers() {
  const { headers = {} } = draft.value ?? {};
  return (
    <div class="fields">
      {Object.entries(headers).map(([name, value]) => (
        <label key={name} class="grow">
          {name}
          <input
            value={value}
            spellcheck={false}
            onInput={({ currentTarget }) =>
              edit({ headers: { ...headers, [name]: currentTarget.value } })
            }
          />
        </label>
      ))}
    </div>
  );
}

function SentLine({ one }: { readonly one: Sending }) {
  const { status, flowId, what } = one;
  const flow = flowId === undefined ? undefined : flows.value.byId.get(flowId);
  return (
    <li>
      <p>
        <span class={`code-of ${status < 300 ? 'good' : 'bad'}`}>{status}</span>{' '}
        {flowId === undefined ? what : <a href={hrefOf('flow', flowId)}>{what}</a>}{' '}
        {flow && <Outcome state={flow.state} />}{' '}
        {flow && <Changes add={flow.add} remove={flow.remove} />}{' '}
        {flow?.nextTryAt !== undefined && (
          <span class="muted">
            next try <Countdown at={flow.nextTryAt} />
          </span>
        )}
      </p>
      <p class="muted">{flow?.reason ?? answerInWords(one)}</p>
    </li>
  );
}
