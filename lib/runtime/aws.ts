/**
 * How long an AWS client waits for one answer, in milliseconds. Without `throwOnRequestTimeout` the
 * client only warns and waits on (@smithy/node-http-handler 4.14.2, checked 2026-11-21).
 */
export const AWS_TIMEOUTS = {
  connectionTimeout: 1_000,
  requestTimeout: 2_000,
  throwOnRequestTimeout: true,
} as const;
