/**
 * What the condition of a standing label can read: the fields of each type, by their CEL types. docs/labels.md has
 * the table.
 */
export const FIELDS = {
  History: {
    orders: 'list<HistoryOrder>',
    items: 'list<HistoryItem>',
    subscriptions: 'list<HistorySubscription>',
    forms: 'list<HistoryForm>',
    events: 'list<HistoryEvents>',
    first: 'google.protobuf.Timestamp',
    last: 'google.protobuf.Timestamp',
  },
  HistoryOrder: {
    id: 'string',
    source: 'string',
    number: 'string',
    total: 'double',
    currency: 'string',
    items: 'list<HistoryItem>',
    paid: 'bool',
    refunded: 'bool',
    partlyRefunded: 'bool',
    canceled: 'bool',
    fulfilled: 'bool',
    discountCodes: 'list<string>',
    channel: 'string',
    tags: 'list<string>',
    at: 'google.protobuf.Timestamp',
    test: 'bool',
  },
  HistoryItem: {
    title: 'string',
    sku: 'string',
    productId: 'string',
    variantId: 'string',
    quantity: 'double',
    price: 'double',
    vendor: 'string',
    variant: 'string',
  },
  HistorySubscription: {
    id: 'string',
    source: 'string',
    planId: 'string',
    planName: 'string',
    status: 'string',
    interval: 'string',
    price: 'double',
    active: 'bool',
    since: 'google.protobuf.Timestamp',
    until: 'google.protobuf.Timestamp',
    test: 'bool',
  },
  HistoryForm: {
    id: 'string',
    name: 'string',
    source: 'string',
    at: 'google.protobuf.Timestamp',
    test: 'bool',
  },
  HistoryEvents: {
    name: 'string',
    source: 'string',
    count: 'int',
    first: 'google.protobuf.Timestamp',
    last: 'google.protobuf.Timestamp',
  },
} as const;
export type HistoryType = keyof typeof FIELDS;

type Fields = Readonly<Partial<Record<HistoryType, readonly string[]>>>;

/** The texts that are '' where the sender left them out, as in rules. */
export const DEFAULT_TEXTS: Fields = {
  HistoryOrder: ['number', 'channel'],
  HistoryItem: ['sku', 'productId', 'variantId', 'vendor', 'variant'],
  HistoryForm: ['id', 'name'],
};

/** The fields that are missing where nothing is known: to read one fails the condition. */
export const MAY_LACK: Fields = {
  History: ['first', 'last'],
  HistoryOrder: ['total', 'currency'],
  HistoryItem: ['title', 'quantity', 'price'],
  HistorySubscription: ['planId', 'planName', 'status', 'interval', 'price', 'until'],
};
