import { isObject } from '../../../../lib/sources/payload/access.ts';
import { isIndex, isInList, isScalar, type Leaf, leavesOf, named, parentOf } from './leaves.ts';
import type { Money } from './money.ts';

type ItemsDraft = { readonly each: string } & Readonly<Record<string, unknown>>;

const LISTS =
  'lineitems orderitems|purchaseitems|cartitems|lines items products|cart|purchases|tickets|basket charges firstorderitem product|item|lineitem|offer|course|service scheduledevent|eventtype|membershiplevel|tier';
const TITLE =
  'title|name|productname|producttitle|itemname|productdescription label|itemtitle|description|planname';

/** The items of a body: of the likeliest list, of one object, or the body itself. */
export function itemsIn(leaves: readonly Leaf[], money: Money): ItemsDraft | undefined {
  const isItems = (leaf: Leaf): boolean =>
    !isScalar(leaf) && !isInList(leaf) && itemAt(leaf.value, money) !== undefined;
  // Stripe's and others' lists stand in an object of their own.
  const lists = leaves.map((leaf) =>
    leaf.key === 'data' && Array.isArray(leaf.value) && leaf.keys.length > 1
      ? {
          ...leaf,
          key:
            leaf.keys
              .at(-2)
              ?.toLowerCase()
              .replace(/[^a-z]/g, '') ?? '',
        }
      : leaf,
  );
  const isPlural = ({ value }: Leaf) => Array.isArray(value) || isCounted(value);
  const list =
    named(lists, LISTS, (leaf) => isPlural(leaf) && isItems(leaf)) ??
    named(lists, LISTS, isItems) ??
    undefined;
  if (list) return { each: list.place, ...itemAt(list.value, money) };
  const title = named(
    leaves,
    'productname|producttitle|itemname|coursename|ticketname|offername',
    (leaf) => isScalar(leaf) && !isInList(leaf),
  );
  if (title === undefined) return undefined;
  const around = parentOf(title.place);
  const beside = leaves
    .filter(({ place }) => parentOf(place) === around)
    .map((leaf) => ({ ...leaf, place: leaf.keys.at(-1) ?? '' }));
  return { each: around || '.', title: title.keys.at(-1), ...detailsIn(beside, money, true) };
}

const isCounted = (value: unknown): boolean =>
  isObject(value) && Object.keys(value).length > 0 && Object.keys(value).every(isIndex);

function itemAt(value: unknown, money: Money): Record<string, unknown> | undefined {
  const elements =
    Array.isArray(value) || isCounted(value) ? Object.values(value as object) : [value];
  const first = elements.find(isObject);
  if (first === undefined) return undefined;
  const leaves = leavesOf(first).filter((leaf) => !isInList(leaf));
  const inner = (leaf: Leaf): boolean => isScalar(leaf) && Number.isNaN(Number(leaf.value));
  const isOfProduct = (leaf: Leaf): boolean =>
    inner(leaf) &&
    leaf.keys
      .slice(0, -1)
      .every((key) => /product|item|offer|variant|price|plan|course/i.test(key));
  const title = named(leaves, TITLE, isOfProduct);
  const details = detailsIn(leaves, money, false);
  if (title === undefined && details.sku === undefined && details.productId === undefined)
    return undefined;
  return { ...(title && { title: title.place }), ...details };
}

const PRICE =
  'price|unitprice|unitamount|itemprice|pricecents|unitcost|baseprice amount|unitpricemoney|total';

function detailsIn(
  leaves: readonly Leaf[],
  money: Money,
  isBody: boolean,
): Record<string, unknown> {
  const isNumber = ({ value }: Leaf): boolean => /^-?\d+(?:\.\d+)?$/.test(String(value));
  const isPrice = (leaf: Leaf): boolean =>
    isScalar(leaf) && isNumber(leaf) && !/tax|discount|sub/i.test(leaf.place);
  const ofOne = leaves.filter(({ place }) => /unit/i.test(place));
  const price = isBody
    ? undefined
    : (named(ofOne, `${PRICE} value`, isPrice) ?? named(leaves, PRICE, isPrice));
  const isWhole = price !== undefined && !/\./.test(String(price.value));
  const found = {
    sku: named(leaves, 'sku|productsku|itemsku|skucode')?.place,
    productId:
      named(leaves, 'productid')?.place ??
      leaves.find(({ place }) => place === 'product.id')?.place,
    variantId: named(leaves, 'variantid|variationid|priceid')?.place,
    quantity: named(leaves, 'quantity|qty|itemquantity', (leaf) => isScalar(leaf) && isNumber(leaf))
      ?.place,
    price: price && (money.isMinor && isWhole ? { minor: price.place } : price.place),
    variant: isBody ? undefined : named(leaves, 'variantname|varianttitle')?.place,
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}
