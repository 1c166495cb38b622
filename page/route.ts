/** What can be opened beside the flow. */
const VIEWS = ['flow', 'try', 'rules', 'contacts', 'break', 'figures'] as const;
export type View = (typeof VIEWS)[number];

export interface Route {
  readonly view: View;
  /** Of the delivery or the contact that is open. */
  readonly id: string | undefined;
}

/** Where `#/contacts/ID` leads; what is not known leads to the flow. */
export function routeOf(hash: string): Route {
  const [name, id] = hash.replace(/^#\/?/, '').split('/');
  const view = VIEWS.find((one) => one === name) ?? 'flow';
  return { view, id: id ? decode(id) : undefined };
}

export const hrefOf = (view: View, id?: string): string =>
  `#/${view}${id === undefined ? '' : `/${encodeURIComponent(id)}`}`;

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
