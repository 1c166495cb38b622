import type { FlowDetail as Detail, Flow, RuleVerdict, Try, WixCall } from './api.ts';
import { DeadLetterCard } from './dead-letters.tsx';
import { Code, Json } from './json.tsx';
import { Action, Changes, Countdown, Outcome, Part, Time, Trouble, useAsked } from './parts.tsx';
import { inPath, post } from './requests.ts';
import { hrefOf } from './route.ts';
import { go, isNarrow } from './screen.ts';
import { flows } from './state.ts';
import { many } from './words.ts';

/** Everything that is known of one delivery. */
export function FlowDetail({ id }: { readonly id: string }) {
  const live = flows.value.byId.get(id);
  const { value, problem } = useAsked<Detail>(`flows/${inPath(id)}`, [live]);
  const flow = live ?? value?.flow;
  const close = (): void => go(isNarrow.value ? 'flow' : 'try');
  return (
    <section
      class="side detail"
      aria-labelledby="detail-title"
      onKeyDown={(event) => event.key === 'Escape' && close()}
    >
      <div class="head">
        <h2 id="detail-title" tabIndex={-1}>
          {flow ? flow.type || 'Delivery' : 'Delivery'}
        </h2>
        <button type="button" class="quiet" onClick={close}>
          Close
        </button>
      </div>
      {problem && <Trouble>{problem}</Trouble>}
      {flow && <Summary flow={flow} canSendAgain={value?.request !== undefined} />}
      {value && <Parts detail={value} />}
      {!value && !problem && <p class="empty">Asking the engine …</p>}
    </section>
  );
}

function Summary({ flow, canSendAgain }: { readonly flow: Flow; readonly canSendAgain: boolean }) {
  const { id, at, source, person, contactId, add, remove, state, reason, nextTryAt, tries } = flow;
  return (
    <div class="summary">
      <p class="lead">
        <Outcome state={state} />
        <Changes add={add} remove={remove} />
        {nextTryAt !== undefined && (
          <span>
            next try <Countdown at={nextTryAt} />
          </span>
        )}
      </p>
      {reason && <p class="reason">{reason}</p>}
      <dl class="facts">
        <dt>Came</dt>
        <dd>
          <Time at={at} isShort={false} /> from {source}
        </dd>
        <dt>Person</dt>
        <dd>
          {contactId === undefined ? (
            (person ?? 'nobody known')
          ) : (
            <a href={hrefOf('contacts', contactId)}>{person ?? contactId}</a>
          )}
        </dd>
        <dt>Tries</dt>
        <dd>{tries}</dd>
        <dt>Id</dt>
        <dd class="mono">{id}</dd>
      </dl>
      {canSendAgain && (
        <p class="actions">
          <Action run={() => post(`flows/${inPath(id)}/send-again`)} done="Sent again.">
            Send it again
          </Action>
        </p>
      )}
    </div>
  );
}

function Parts({ detail }: { readonly detail: Detail }) {
  const { flow, request, answer, events, rules, job, tries, deadLetter, log } = detail;
  return (
    <>
      {deadLetter && (
        <Part title="Dead letter">
          <DeadLetterCard deadLetter={deadLetter} />
        </Part>
      )}
      <Part
        title="Rules"
        aside={
          rules.length > 0 && `${rules.filter((r) => r.matched).length} of ${rules.length} match`
        }
      >
        {rules.length === 0 ? <p class="empty">No rule was asked.</p> : <Verdicts rules={rules} />}
      </Part>
      <Part
        title="Tries"
        aside={many(tries.flatMap(({ calls }) => calls).length, 'call to Wix', 'calls to Wix')}
      >
        {tries.length === 0 && <p class="empty">The worker has not had it.</p>}
        <ol class="tries">
          {tries.map((one) => (
            <OneTry key={one.at} one={one} />
          ))}
          {flow.nextTryAt !== undefined && (
            <li class="next">
              Next try <Countdown at={flow.nextTryAt} />, at <Time at={flow.nextTryAt} />
            </li>
          )}
        </ol>
      </Part>
      {events.length > 0 && (
        <Part title="Event as it was read">
          {events.map((event, i) => (
            <Json key={String(i)} title="Event as it was read" value={event} />
          ))}
        </Part>
      )}
      {request && (
        <Part title="Request" aside={answer && `answered ${answer.status}`}>
          <p class="mono">
            {request.method} {request.path}
          </p>
          <Code title="Body of the request" text={request.body} />
          <More title={many(Object.keys(request.headers).length, 'header')}>
            <Json title="Headers of the request" value={request.headers} />
          </More>
          {answer && (
            <More title="Answer">
              <Code title="Answer to the request" text={answer.body} />
            </More>
          )}
        </Part>
      )}
      {(job !== undefined || log.length > 0) && (
        <Part title="Queue and log">
          {job !== undefined && (
            <More title="Message in the queue">
              <Json title="Message in the queue" value={job} />
            </More>
          )}
          {log.length > 0 && (
            <More title={many(log.length, 'line of the log', 'lines of the log')}>
              <Json title="Log" value={log} />
            </More>
          )}
        </Part>
      )}
    </>
  );
}

function More({
  title,
  children,
}: {
  readonly title: string;
  readonly children: preact.ComponentChildren;
}) {
  return (
    <details>
      <summary>{title}</summary>
      {children}
    </details>
  );
}

export function Verdicts({ rules }: { readonly rules: readonly RuleVerdict[] }) {
  return (
    <ul class="verdicts">
      {rules.map(({ rule, matched, add, remove, why }) => (
        <li key={rule} class={matched ? 'yes' : 'no'}>
          <span class="verdict">{matched ? 'yes' : 'no'}</span>
          <span class="rule">{rule}</span>
          <Changes add={add} remove={remove} />
          {why && <p class="why">{why}</p>}
        </li>
      ))}
    </ul>
  );
}

function OneTry({ one }: { readonly one: Try }) {
  const { at, outcome, reason, calls } = one;
  return (
    <li>
      <p>
        <Time at={at} /> <b>{outcome}</b>
        {reason && <span class="muted"> {reason}</span>}
      </p>
      {calls.map((call) => (
        <Call key={`${call.at} ${call.operation}`} call={call} />
      ))}
    </li>
  );
}

function Call({ call }: { readonly call: WixCall }) {
  const { operation, method, path, request, status, answer } = call;
  const isGood = status >= 200 && status < 300;
  return (
    <details class="call">
      <summary>
        <span class={`code-of ${isGood ? 'good' : 'bad'}`}>{status || 'no answer'}</span>{' '}
        {operation}
      </summary>
      <p class="mono">
        {method} {path}
      </p>
      <Json title={`Request of ${operation}`} value={request} />
      <Json title={`Answer to ${operation}`} value={answer} />
    </details>
  );
}
