import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Problem, Tried } from './api.ts';
import { Editor } from './editor.tsx';
import { yaml } from './editor-languages.ts';
import { Action, Time, Trouble } from './parts.tsx';
import { messageOf } from './requests.ts';
import { completeRules } from './rules-completion.ts';
import {
  edition,
  isChanged,
  isConflict,
  isRead,
  overwrite,
  readFile,
  save,
  takeFile,
  text,
} from './rules-draft.ts';
import { Trial } from './rules-trial.tsx';
import { rules, rulesFile } from './state.ts';
import { many } from './words.ts';

export function Rules() {
  const tried = useSignal<Tried | undefined>(undefined);
  const problem = useSignal('');
  const attempt = (work: () => Promise<void>): Promise<void> =>
    work().then(
      () => {
        problem.value = '';
      },
      (error) => {
        problem.value = messageOf(error);
      },
    );
  useEffect(() => void attempt(readFile), [rules.value]);

  const problems = tried.value?.problems ?? [];
  const hasErrors = problems.some(({ level }) => level === 'error');
  return (
    <section class="side rules" aria-labelledby="rules-title">
      <div class="head">
        <h2 id="rules-title" tabIndex={-1}>
          Rules
        </h2>
        <Running />
      </div>
      <Editor
        title={rulesFile.value}
        text={text.value}
        edition={edition.value}
        onChange={(typed) => {
          text.value = typed;
        }}
        language={yaml}
        complete={completeRules}
        problems={problems}
        onSave={() => {
          if (!hasErrors && isChanged.value) void attempt(save);
        }}
      />
      <Problems problems={problems} />
      {problem.value && <Trouble>{problem.value}</Trouble>}
      {isConflict.value && <Conflict />}
      <p class="actions">
        <Action run={save} kind="main" isOff={!isChanged.value || hasErrors}>
          Save {rulesFile.value}
        </Action>
        <Action run={takeFile} kind="quiet" isOff={!isChanged.value}>
          Undo my changes
        </Action>
        <Saved />
      </p>
      {isRead.value && <Trial text={text.value} tried={tried} />}
    </section>
  );
}

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

/** Whether what stands in the editor runs. */
function Saved() {
  const { hash, problems = [], refusal, isInForce } = rules.value ?? {};
  if (isChanged.value) return <span class="muted">Not saved: what runs is as before.</span>;
  if (isInForce) {
    return (
      <span class="muted">
        The engine runs what is in the file: <code>{hash}</code>
      </span>
    );
  }
  if (problems.length > 0) {
    return <span class="muted">The file has mistakes: the rules before it still run.</span>;
  }
  if (refusal === undefined) return <span class="muted">Saved: the engine is taking it …</span>;
  return (
    <Trouble>
      The rules before it still run. <span class="as-written">{refusal}</span>
    </Trouble>
  );
}

function Conflict() {
  return (
    <div class="card bad" role="alert">
      <p>
        <b>{rulesFile.value} was changed on the disk</b> since it was read here, and is not saved.
      </p>
      <p class="actions">
        <Action run={takeFile}>Take what is on the disk</Action>
        <Action run={overwrite}>Save mine over it</Action>
      </p>
    </div>
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
