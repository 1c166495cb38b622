import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { announce, announceOutcome } from './announce.ts';
import type { Sample, SendRequest, Sent } from './api.ts';
import { Editor } from './editor.tsx';
import { json } from './editor-languages.ts';
import { Action, Changes, Countdown, Empty, Outcome, Part, Trouble, useAsked } from './parts.tsx';
import { inPath, post } from './requests.ts';
import { hrefOf } from './route.ts';
import { engine, flows, trying } from './state.ts';
import { laidOut } from './words.ts';

/** The answers to what was sent from here, the newest first. */
interface Sending extends Sent {
  readonly what: string;
}
const MOST_KEPT = 5;

export function Try() {
  const { source, type, email } = trying.value;
  const sample = useAsked<Sample>(
    source && type ? `samples/${inPath(source)}/${inPath(type)}` : undefined,
  );
  const body = useSignal('');
  const given = useSignal({ text: '' });
  const put = (text: string): void => {
    body.value = text;
    given.value = { text };
  };
  const sent = useSignal<readonly Sending[]>([]);
  useEffect(() => {
    if (sample.value) put(laidOut(sample.value.body));
  }, [sample.value]);
  const send = async (): Promise<void> => {
    const request: SendRequest = {
      source,
      headers: sample.value?.headers ?? {},
      body: body.value,
      ...(email && { contact: email }),
    };
    const answer = await post<Sent>('send', request);
    sent.value = [{ ...answer, what: `${type} of ${source}` }, ...sent.value].slice(0, MOST_KEPT);
    announce(`Sent. The engine answered ${answer.status}.`);
    if (answer.flowId !== undefined) announceOutcome(answer.flowId);
  };
  const info = engine.value?.sources.find(({ name }) => name === source);
  return (
    <section class="side" aria-labelledby="try-title">
      <div class="head">
        <h2 id="try-title" tabIndex={-1}>
          Try it
        </h2>
      </div>
      <p class="intro">Send a sample as its sender would, signed, and watch what becomes of it.</p>
      <Choice />
      {sample.problem && <Trouble>{sample.problem}</Trouble>}
      <Editor
        title="Body of the delivery"
        given={given.value}
        onChange={(text) => {
          body.value = text;
        }}
        language={json}
      />
      <p class="actions">
        <Action run={send} kind="main" isOff={!sample.value || info?.canSign === false}>
          Send {type || 'it'}
        </Action>
        <button type="button" class="quiet" onClick={() => put(laidOut(sample.value?.body ?? ''))}>
          Undo my changes
        </button>
      </p>
      {info?.canSign === false && (
        <p class="muted">
          The secret of {source} is somebody else's, so nothing can be signed with it here.
        </p>
      )}
      <Part title="What became of it">
        {sent.value.length === 0 && <Empty>Nothing was sent from here yet.</Empty>}
        <ul class="plain sent">
          {sent.value.map((one) => (
            <SentLine key={one.flowId ?? one.what} one={one} />
          ))}
        </ul>
      </Part>
    </section>
  );
}

function Choice() {
  const { source, type, email } = trying.value;
  const sources = engine.value?.sources ?? [];
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
            const [first = ''] = sources.find(({ name }) => name === value)?.samples ?? [];
            set({ source: value, type: first });
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
      {engine.value?.isSimulated && (
        <label class="grow">
          Add this contact first
          <input
            type="email"
            placeholder="e-mail; none is added"
            value={email}
            onInput={({ currentTarget: { value } }) => set({ email: value })}
          />
        </label>
      )}
    </div>
  );
}

function SentLine({ one }: { readonly one: Sending }) {
  const { status, body, flowId, what } = one;
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
      {(flow?.reason ?? (status >= 300 && body)) && <p class="muted">{flow?.reason ?? body}</p>}
    </li>
  );
}
