import {
  defined,
  isId,
  isOutside,
  isScalar,
  type Leaf,
  named,
  parentOf,
  type Section,
  shared,
} from './leaves.ts';

/** The places of an entity's own id, the innermost first. */
const ENTITY_IDS = ['data.object.id', 'data.id', 'payload.id', 'resource.id', 'object.id', 'id'];

const INTERVAL =
  'interval|billinginterval|recurringinterval|billingperiod|planinterval|intervalunit|period';
const COUNT =
  /^(?:intervalcount|frequency|recurringintervalcount|billinginterval|intervalfrequency)$/;

/** The subscription, where the topic or the body speaks of one. */
export function subscriptionIn(leaves: readonly Leaf[], isAbout: boolean): Section | undefined {
  const isOf = ({ keys }: Leaf): boolean =>
    isAbout || keys.some((key) => /subscription|membership|plan|recurring/i.test(key));
  const own = leaves.filter((leaf) => isOutside(leaf) && isOf(leaf));
  const id = idIn(own, isAbout);
  if (id === undefined) return undefined;
  const inItems = leaves.filter(
    (leaf) => isScalar(leaf) && /items(?:\.data)?\.0\./.test(leaf.place),
  );
  const nearest = [...own].sort((a, b) => shared(b.place, id) - shared(a.place, id));
  const interval = named([...nearest, ...inItems], INTERVAL);
  return defined({
    ...{ id, ...planIn([...own, ...inItems]) },
    status: named(own, 'subscriptionstatus|status')?.place,
    interval: interval && withCount(leaves, interval),
  });
}

function idIn(own: readonly Leaf[], isAbout: boolean): string | undefined {
  const byName =
    named(own, 'subscriptionid|membershipid|subscriptioncode', isId) ??
    own.find(({ place }) => /(?:subscription|membership)\.id$/i.test(place));
  const isThere = (id: string) => own.some((leaf) => leaf.place === id && isId(leaf));
  return byName?.place ?? (isAbout ? ENTITY_IDS.find(isThere) : undefined);
}

function planIn(leaves: readonly Leaf[]): Section {
  const at = (end: RegExp) => leaves.find(({ place }) => end.test(place));
  const id = named(leaves, 'planid|priceid|productid') ?? at(/(?:plan|product|price)\.id$/);
  const name =
    named(leaves, 'planname|productname|plantitle') ??
    at(/(?:plan|product|price)\.(?:name|title|nickname)$/) ??
    named(leaves, 'plan', ({ value }) => typeof value === 'string');
  return { planId: id?.place, planName: name?.place };
}

/** How many units an interval has stands beside it. */
function withCount(leaves: readonly Leaf[], interval: Leaf): unknown {
  const count = leaves.find(
    (leaf) =>
      leaf !== interval &&
      COUNT.test(leaf.key) &&
      parentOf(leaf.place) === parentOf(interval.place) &&
      /^\d+$/.test(String(leaf.value)),
  );
  return count ? { unit: interval.place, count: count.place } : interval.place;
}
