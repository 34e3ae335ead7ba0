/** What the gateway answers by itself: it costs neither an invocation nor a read. `infrastructure/heartbeat.yml` says it to AWS. */
export const HEARTBEAT = { action: 'heartbeat', answer: { type: 'heartbeat' } } as const;
