import { asText } from '../../../../lib/sources/payload/access.ts';
import { currencyCode, decimal } from '../../../../lib/sources/payload/fields.ts';
import { isInList, isScalar, type Leaf, named } from './leaves.ts';

/** How a body writes its amounts. */
export interface Money {
  readonly total: Leaf | undefined;
  readonly currency: string | undefined;
  readonly isMinor: boolean;
  /** Nothing in the body proves the unit. */
  readonly isGuess: boolean;
}

const TOTAL =
  'totalprice|finalprice|grandtotal|ordertotal|totalamount|amounttotal|totalpaid|amountpaid|salegross|totalcents|totalpricecents|totalamountcents|amountcents|totalmoney total|totals|pricetotal amount|amountvalue value|price|gross|sum|paidamount|netamount';
const PART =
  /sub_?total|tax|vat|discount|shipping|refund|fee|net|unit|tip|item|balance|due|cost|earning|credit|paid_out|payout|setup|coupon|commission|processed|limit|count|score/i;
const MONEY = /price|total|amount|gross|money|cents|minor|value|paid|tax|fee/i;

/** Whose key says that it is money, and not a share of it. */
const isMoney = (leaf: Leaf): boolean =>
  isScalar(leaf) &&
  MONEY.test(leaf.keys.at(-1) ?? '') &&
  !/rate|percent|_at$|method|id$/i.test(leaf.place);

export function moneyIn(leaves: readonly Leaf[]): Money {
  const outside = leaves.filter((leaf) => isScalar(leaf) && !isInList(leaf));
  const isWhole = (leaf: Leaf): boolean =>
    isAmount(leaf) && !leaf.keys.some((key) => PART.test(key));
  const total = named(withParents(outside), TOTAL, isWhole);
  const currency = named(
    [...outside, ...leaves],
    'currency|currencycode|currencyiso|ordercurrency|pricecurrency presentmentcurrency|shopcurrency|storecurrency',
    ({ value }) => currencyCode(value) !== undefined,
  )?.place;
  return { total, currency, ...unitOf(leaves, total, currency) };
}

const isAmount = ({ value }: Leaf): boolean =>
  typeof value !== 'boolean' && decimal(asText(value)) !== undefined;

/** `total: { amount: "1.00" }` is a total. */
const withParents = (leaves: readonly Leaf[]): readonly Leaf[] =>
  leaves.map((leaf) => {
    const parent = leaf.keys.at(-2);
    const isOf = /^(?:amount|value|cents|centamount|minorvalue)$/.test(leaf.key);
    const key = parent?.toLowerCase().replace(/[^a-z]/g, '') ?? '';
    return isOf && key.includes('total') ? { ...leaf, key: 'totalamount' } : leaf;
  });

/** Whole amounts are cents where their key says so, where the same stands there with a point, or where they are large. */
function unitOf(leaves: readonly Leaf[], total: Leaf | undefined, currency: string | undefined) {
  const isSaid = total?.keys.some((key) => /cent|minor/i.test(key)) ?? false;
  const amounts = leaves.filter((leaf) => isMoney(leaf) && isAmount(leaf));
  const sum = decimal(asText(total?.value ?? amounts[0]?.value));
  if (isSaid) return { isMinor: true, isGuess: false };
  if (sum === undefined || !Number.isInteger(sum) || /\./.test(String(total?.value ?? ''))) {
    return { isMinor: false, isGuess: false };
  }
  const texts = leaves.filter(isScalar).map(({ value }) => String(value));
  const major = (sum / 100).toFixed(2);
  if (texts.some((text) => text.replace(/[^\d.]/g, '') === major && text.includes('.'))) {
    return { isMinor: true, isGuess: false };
  }
  const hasPoint = amounts.some(({ value }) => String(value).includes('.'));
  const isLarge = amounts.some(({ value }) => Number(value) >= 100);
  const isMinor = !hasPoint && currency !== undefined && isLarge;
  return { isMinor, isGuess: !hasPoint };
}
