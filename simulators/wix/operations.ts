/** What the simulated Wix can do, by the names of Wix's reference. */
export const OPERATIONS = [
  'findOrCreateLabel',
  'listLabels',
  'queryLabels',
  'getLabel',
  'updateLabel',
  'deleteLabel',
  'labelContact',
  'unlabelContact',
  'getContact',
  'queryContacts',
  'createContact',
  'bulkLabelAndUnlabelContacts',
  'getBulkJob',
  'getMember',
  'queryMembers',
  'createToken',
] as const;
export type SimulatedOperation = (typeof OPERATIONS)[number];
