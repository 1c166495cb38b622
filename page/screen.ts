import { signal } from '@preact/signals';
import { hrefOf, type View } from './route.ts';
import { route } from './state.ts';

/** Below it there is room for one view at a time; the styles say the same. */
const NARROW = matchMedia('(max-width: 1079px)');
export const isNarrow = signal(NARROW.matches);
NARROW.addEventListener('change', () => {
  isNarrow.value = NARROW.matches;
});

let lastView: View = 'try';

/** What stands beside the flow: on a wide screen there is always something. */
export function sideView(): View | undefined {
  const { view, id } = route.value;
  if (view !== 'flow') {
    lastView = view;
    return view;
  }
  if (id !== undefined) return 'flow';
  return isNarrow.value ? undefined : lastView;
}

export const go = (view: View, id?: string): void => {
  location.hash = hrefOf(view, id);
};
