const ALONE = ['FunctionName'] as const;

/** The metrics of standing labels: in a file of their own, which a bundle without them leaves out. */
export const STANDING_METRICS = {
  Facts: { unit: 'Count', dimensions: ALONE, gather: 'sum' },
  ReviewsQueued: { unit: 'Count', dimensions: ['FunctionName', 'Cause'], gather: 'sum' },
  ReviewsDue: { unit: 'Count', dimensions: ALONE, gather: 'most' },
  ReviewLateness: { unit: 'Seconds', dimensions: ALONE, gather: 'most' },
  StoreErrors: { unit: 'Count', dimensions: ['FunctionName', 'Reason'], gather: 'sum' },
} as const;
