import { randomUUID } from 'node:crypto';
import type { LabelSettings } from '../../../lib/labelling/settings.ts';
import { memoizeAsync } from '../../../lib/runtime/concurrency.ts';
import { fetchOverHttp } from '../../../lib/runtime/fetch.ts';
import { createAuthorizer } from '../../../lib/wix/calls/auth.ts';
import { type Call, createSend } from '../../../lib/wix/calls/client.ts';
import { WixError, type WixFailure } from '../../../lib/wix/calls/failure.ts';
import { queryContacts } from '../../../lib/wix/contacts.ts';
import { findOrCreateLabel, labelContact } from '../../../lib/wix/labels.ts';
import { queryMemberContacts } from '../../../lib/wix/members.ts';
import { allLabels, type SiteLabel } from './labels.ts';

/** What became of a call: undefined when it did what was asked. */
export type ProbeResult = WixFailure | undefined;

/** Nobody's address: .invalid is reserved for that (RFC 6761). */
const NOBODY = 'earmark-doctor@example.invalid';
const NO_LABEL = 'custom.earmark-doctor';
const UNHURRIED = (): number => Number.POSITIVE_INFINITY;

/** Harmless calls, each asked once, that show what the credentials may do. */
export type Probe = ReturnType<typeof openProbe>;

/**
 * Calls Wix as `label` does, with its code, but outside the budget: after a 429 that would hold up the
 * other calls, and there are half a dozen.
 * @param site the id of the site, or of the app's instance
 * @param preferred label names that rules give: the best to look for, as an event would do just that
 */
export function openProbe(
  { wixApiUrl: baseUrl, credentials }: Pick<LabelSettings, 'wixApiUrl' | 'credentials'>,
  site: string,
  preferred: readonly string[],
) {
  const timeoutSignal = (ms: number) => AbortSignal.timeout(ms);
  const send = createSend({ baseUrl, fetch: fetchOverHttp, now: Date.now, timeoutSignal });
  const authorizer = createAuthorizer(
    credentials,
    (request, headers) => send(request, headers, UNHURRIED),
    Date.now,
  );
  const context = { site, timeLeft: UNHURRIED, patience: 'unhurried' } as const;
  const call: Call = async (request) => send(request, await authorizer.headers(context), UNHURRIED);
  const readLabels = memoizeAsync(async () => {
    let labels: readonly SiteLabel[] = [];
    const failure = await resultOf(async () => {
      labels = await allLabels(call);
    });
    return { labels, failure };
  });
  return {
    kind: credentials.kind,
    readLabels,
    readContacts: memoizeAsync(() =>
      resultOf(() => queryContacts(call, { by: 'email', values: [NOBODY] })),
    ),
    /** To label nobody: a contact id that was made up is refused as unknown where labelling is allowed. */
    labelNobody: memoizeAsync(async () => {
      const { key = NO_LABEL } = (await readLabels()).labels[0] ?? {};
      return resultOf(() => labelContact(call, randomUUID(), [key]));
    }),
    /** Finds a label that is there. `'none'`: the site has none that could be looked for. */
    findLabel: memoizeAsync(async () => {
      const own = (await readLabels()).labels.filter((label) => label.own);
      const label = own.find(({ displayName }) => preferred.includes(displayName)) ?? own[0];
      return label ? resultOf(() => findOrCreateLabel(call, label.displayName)) : 'none';
    }),
    readMembers: memoizeAsync(() => resultOf(() => queryMemberContacts(call, [randomUUID()]))),
  };
}

async function resultOf(call: () => Promise<unknown>): Promise<ProbeResult> {
  try {
    await call();
    return undefined;
  } catch (error) {
    if (error instanceof WixError) return error.failure;
    throw error;
  }
}
