import { useEffect, useRef } from 'preact/hooks';
import { Break } from './break-it.tsx';
import { Contacts } from './contacts.tsx';
import { Figures } from './figures.tsx';
import { FlowDetail } from './flow-detail.tsx';
import { Flow } from './flow-list.tsx';
import { Header } from './header.tsx';
import { Notices } from './notices.tsx';
import { hrefOf, type Route } from './route.ts';
import { Rules } from './rules.tsx';
import { isNarrow, sideView } from './screen.ts';
import { engine, route } from './state.ts';
import { Try } from './try-it.tsx';

export function App() {
  const view = sideView();
  useFocus(route.value);
  return (
    <>
      <Header view={view ?? 'flow'} />
      <Notices />
      <main id="main" tabIndex={-1}>
        {(!isNarrow.value || view === undefined) && <Flow />}
        {view !== undefined && engine.value !== undefined && <Side view={view} />}
      </main>
    </>
  );
}

/** Who opens a view reads it next, and who closes a delivery is back at its line. */
function useFocus({ view, id }: Route): void {
  const before = useRef<Route | undefined>(undefined);
  useEffect(() => {
    const last = before.current;
    before.current = { view, id };
    if (last === undefined) return;
    const isBack = last.view === 'flow' && last.id !== undefined && id === undefined;
    const line = `.lines a[href="${CSS.escape(hrefOf('flow', last.id))}"]`;
    const found = [...(isBack ? [line] : []), '.side h2', '.flow h2']
      .map((selector) => document.querySelector<HTMLElement>(selector))
      .find((element) => element !== null);
    found?.focus();
  }, [view, id]);
}

function Side({ view }: { readonly view: NonNullable<ReturnType<typeof sideView>> }) {
  const { id } = route.value;
  switch (view) {
    case 'flow':
      return id === undefined ? null : <FlowDetail id={id} key={id} />;
    case 'try':
      return <Try />;
    case 'rules':
      return <Rules />;
    case 'contacts':
      return <Contacts />;
    case 'break':
      return <Break />;
    case 'figures':
      return <Figures />;
  }
}
