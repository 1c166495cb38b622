import { useSignal } from '@preact/signals';
import type { Contact, ContactDetail } from './api.ts';
import { ContactWhy } from './contact-why.tsx';
import { Changes, Empty, Label, Part, Time, Trouble, useAsked } from './parts.tsx';
import { inPath } from './requests.ts';
import { hrefOf } from './route.ts';
import { go } from './screen.ts';
import { contacts, flows, route } from './state.ts';
import { many } from './words.ts';

const MOST_SHOWN = 60;

export function Contacts() {
  const { view, id } = route.value;
  return view === 'contacts' && id !== undefined ? <OneContact id={id} key={id} /> : <List />;
}

function List() {
  const text = useSignal('');
  const label = useSignal('');
  const words = text.value.toLowerCase();
  const found = contacts.value.filter(
    ({ name, email = '', phone = '', labels }) =>
      `${name}\n${email}\n${phone}`.toLowerCase().includes(words) &&
      (label.value === '' || labels.includes(label.value)),
  );
  return (
    <section class="side" aria-labelledby="contacts-title">
      <div class="head">
        <h2 id="contacts-title" tabIndex={-1}>
          Contacts and labels
        </h2>
        <span class="muted">{many(contacts.value.length, 'contact')} of the simulated Wix</span>
      </div>
      <LabelCounts chosen={label.value} choose={(name) => (label.value = name)} />
      <label class="find">
        <span class="unseen">Find a contact</span>
        <input
          type="search"
          placeholder="Find a contact …"
          value={text.value}
          onInput={(event) => (text.value = event.currentTarget.value)}
        />
      </label>
      {found.length === 0 && <Empty>There is no such contact.</Empty>}
      <ul class="contacts">
        {found.slice(0, MOST_SHOWN).map((contact) => (
          <Line key={contact.id} contact={contact} />
        ))}
      </ul>
      {found.length > MOST_SHOWN && (
        <p class="muted">
          {found.length - MOST_SHOWN} more: narrow it by a name, an address or a label.
        </p>
      )}
    </section>
  );
}

/** The site's labels, the one that most have first; a press narrows the list to it. */
function LabelCounts({
  chosen,
  choose,
}: {
  readonly chosen: string;
  readonly choose: (name: string) => void;
}) {
  const counts = new Map<string, number>();
  for (const { labels } of contacts.value) {
    for (const name of labels) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b));
  return (
    <ul class="label-counts" aria-label="Labels">
      {sorted.slice(0, MOST_SHOWN).map(([name, count]) => (
        <li key={name}>
          <button
            type="button"
            class="label"
            aria-pressed={name === chosen}
            onClick={() => choose(name === chosen ? '' : name)}
          >
            {name} <b>{count}</b>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Line({ contact }: { readonly contact: Contact }) {
  const { id, name, email, phone, labels, changedAt, added, removed } = contact;
  const hasChange = added.length + removed.length > 0;
  return (
    <li>
      <p>
        <a href={hrefOf('contacts', id)}>{name || email || phone || id}</a>{' '}
        <span class="muted">{name ? (email ?? phone) : ''}</span>
      </p>
      <p class="labels">
        {labels.length === 0 && <span class="muted">no labels</span>}
        {labels.map((one) => (
          <Label key={one} name={one} />
        ))}
      </p>
      <p class="changed muted">
        <Time at={changedAt} /> {hasChange ? <Changes add={added} remove={removed} /> : 'changed'}
      </p>
    </li>
  );
}

function OneContact({ id }: { readonly id: string }) {
  const live = contacts.value.find((contact) => contact.id === id);
  const { value, problem } = useAsked<ContactDetail>(`contacts/${inPath(id)}`, [live]);
  const contact = live ?? value?.contact;
  const theirs = flows.value.list.filter(({ contactId }) => contactId === id).slice(0, 10);
  return (
    <section class="side" aria-labelledby="contact-title">
      <div class="head">
        <h2 id="contact-title" tabIndex={-1}>
          {contact?.name || contact?.email || 'Contact'}
        </h2>
        <button type="button" class="quiet" onClick={() => go('contacts')}>
          All contacts
        </button>
      </div>
      {problem && <Trouble>{problem}</Trouble>}
      {contact && (
        <div class="summary">
          <p class="labels">
            {contact.labels.length === 0 && <span class="muted">no labels</span>}
            {contact.labels.map((name) => (
              <Label key={name} name={name} />
            ))}
          </p>
          <dl class="facts">
            <dt>E-mail</dt>
            <dd>{contact.email ?? '–'}</dd>
            <dt>Phone</dt>
            <dd>{contact.phone ?? '–'}</dd>
            <dt>Changed</dt>
            <dd>
              <Time at={contact.changedAt} />{' '}
              <Changes add={contact.added} remove={contact.removed} />
            </dd>
            <dt>Id</dt>
            <dd class="mono">{id}</dd>
          </dl>
        </div>
      )}
      {value?.why !== undefined && <ContactWhy why={value.why} />}
      <Part title="Their events">
        {theirs.length === 0 && <Empty>None of the flow is about this contact.</Empty>}
        <ul class="plain">
          {theirs.map((flow) => (
            <li key={flow.id}>
              <Time at={flow.at} /> <a href={hrefOf('flow', flow.id)}>{flow.type || 'delivery'}</a>{' '}
              <Changes add={flow.add} remove={flow.remove} />
            </li>
          ))}
        </ul>
      </Part>
    </section>
  );
}
