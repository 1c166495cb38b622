import * as z from 'zod/mini';
import { applicationError, ok, type SimulatedAnswer } from '../answers.ts';
import { compileFilter, type FilterFields } from '../filter.ts';
import { limitTooHigh, Paging, pageOf, Query, sortedBy } from '../paging.ts';
import { read } from '../reading.ts';
import { isIndexed, nowIso, type RouteCall } from '../setup.ts';
import { addLabel, dropLabel, type SimulatedLabel, type Site } from '../state.ts';

// Labels v4: shapes and limits from npm @wix/auto_sdk_crm_labels 1.0.71 and
// https://dev.wix.com/docs/api-reference/crm/members-contacts/contacts/labels (checked 2026-11-21)

const DisplayName = z.string().check(z.minLength(1), z.maxLength(180));
const NewLabel = z.object({ displayName: DisplayName, language: z.nullish(z.string()) });
const Rename = z.object({ label: z.object({ displayName: DisplayName }) });

const FILTERS: FilterFields<SimulatedLabel> = {
  key: { operators: ['$eq', '$in'], values: ({ key }) => [key] },
  displayName: {
    operators: ['$eq', '$in', '$startsWith'],
    values: ({ displayName }) => [displayName],
  },
  namespace: { operators: ['$eq', '$in'], values: ({ namespace }) => [namespace] },
  labelType: { operators: ['$eq', '$in'], values: ({ labelType }) => [labelType] },
};

const SORTS: Readonly<Record<string, (label: SimulatedLabel) => string>> = {
  displayName: ({ displayName }) => displayName,
  createdDate: ({ createdDate }) => createdDate,
};

const userLabels = (site: Site): number =>
  site.labels.values().reduce((n, { labelType }) => n + Number(labelType === 'USER_DEFINED'), 0);

/** No code is documented for a label that is not there: `NOT_FOUND` is the general one. */
export const labelNotFound = (key: string): SimulatedAnswer =>
  applicationError(404, 'NOT_FOUND', `Label ${key} not found`);

export function findOrCreateLabel({ setup, site, body }: RouteCall): SimulatedAnswer {
  const { value, refusal } = read(NewLabel, body);
  if (refusal) return refusal;
  const { displayName } = value;
  const found = site.labels.values().find((label) => label.displayName === displayName);
  if (found) return ok({ label: found, newLabel: false });
  const total = userLabels(site);
  if (total >= setup.labelsQuota) {
    const data = { labelsQuota: String(setup.labelsQuota), labelsCurrentTotal: String(total) };
    return applicationError(428, 'LABELS_QUOTA_REACHED', 'Labels quota reached', data);
  }
  return ok({ label: addLabel(site, displayName, nowIso(setup)), newLabel: true });
}

export function listLabels({ setup, site, query }: RouteCall): SimulatedAnswer {
  const number = (name: string) => (query.has(name) ? Number(query.get(name)) : undefined);
  const asked = { limit: number('paging.limit'), offset: number('paging.offset') };
  const { value: paging, refusal } = read(Paging, asked);
  if (refusal) return refusal;
  if ((paging.limit ?? 0) > 2000) return limitTooHigh('paging.limit', 2000);
  const [labelType, namespace, startsWith] = ['labelType', 'namespace', 'startsWith'].map((name) =>
    query.get(name),
  );
  const labels = [...site.labels.values()].filter(
    (label) =>
      isIndexed(setup, label) &&
      (!labelType || label.labelType === labelType) &&
      (!namespace || label.namespace === namespace) &&
      (!startsWith || label.displayName.startsWith(startsWith)),
  );
  const by = SORTS[query.get('sort.fieldName') ?? ''];
  const order = query.get('sort.order') === 'DESC' ? 'DESC' : 'ASC';
  const { items, metadata } = pageOf(by ? sortedBy(labels, by, order) : labels, paging, 1000);
  return ok({ labels: items, metadata });
}

export function queryLabels({ setup, site, body }: RouteCall): SimulatedAnswer {
  const { value, refusal } = read(Query, body ?? {});
  if (refusal) return refusal;
  const { filter, sort, paging } = value.query ?? {};
  const matches = compileFilter(filter, FILTERS, 'UNSUPPORTED_FILTER_FIELD');
  if (typeof matches !== 'function') return matches;
  if ((paging?.limit ?? 0) > 1000) return limitTooHigh('query.paging.limit', 1000);
  let labels = site.labels
    .values()
    .filter((one) => matches(one) && isIndexed(setup, one))
    .toArray();
  for (const { fieldName, order } of sort?.toReversed() ?? []) {
    const by = Object.hasOwn(SORTS, fieldName) ? SORTS[fieldName] : undefined;
    if (!by) return applicationError(400, 'INVALID_SORT', `${fieldName} cannot be sorted`);
    labels = sortedBy(labels, by, order);
  }
  const { items, metadata } = pageOf(labels, paging, 50);
  return ok({ labels: items, pagingMetadata: metadata });
}

export function getLabel({ site, params: { key = '' } }: RouteCall): SimulatedAnswer {
  const label = site.labels.get(key);
  return label ? ok({ label }) : labelNotFound(key);
}

/** Renames: the key stays as it is, so the old name is free to become a second label. */
export function updateLabel({ setup, site, params, body }: RouteCall): SimulatedAnswer {
  const { value, refusal } = read(Rename, body);
  if (refusal) return refusal;
  const { key = '' } = params;
  const label = site.labels.get(key);
  if (!label) return labelNotFound(key);
  label.displayName = value.label.displayName;
  label.updatedDate = nowIso(setup);
  site.labels.set(key, label);
  return ok({ label });
}

export function deleteLabel({ site, params: { key = '' } }: RouteCall): SimulatedAnswer {
  return dropLabel(site, key) ? ok({}) : labelNotFound(key);
}
