/** Violations that are known and wait to be mended: code, and what it is. An empty list is the aim. */
export const KNOWN: ReadonlyMap<string, string> = new Map([
  ['failure_bucket', 'a fan-out that meets the limit of the table ends in the failure bucket after ten tries'],
  ['audit_timeline', 'what was in those batches is missing'],
  ['audit_task', 'and so are tasks'],
  ['gone_came_back', 'tasks and idempotency answers carry copies of the text'],
  ['gave_up', 'all thoughts share one index key, which is throttled'],
  ['http_5xx', 'conflicts on a popular thought, and throttles of that index key'],
  ['page', 'a follow fills in the latest hundred thoughts only'],
  ['unbounded_read', 'lists read on past what is hidden without end'],
  ['view_misses_timeline', 'a fan-out that gave up'],
  ['view_misses_all', 'a frame of a stranger that the gateway took and lost is never noticed'],
  ['view_unread', 'the API did not answer in time'],
]);
