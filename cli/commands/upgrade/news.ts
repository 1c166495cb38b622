/** The entries of a changelog that a former one does not have, in its order, each as one line. Pure. */
export function newEntries(before: string, after: string): readonly string[] {
  const known = new Set(entriesOf(before));
  return entriesOf(after).filter((entry) => !known.has(entry));
}

const entriesOf = (text: string): readonly string[] =>
  [...text.matchAll(/^- (.+(?:\n {2}.+)*)/gm)].map(([, entry = '']) =>
    entry.replaceAll(/\n +/g, ' '),
  );
