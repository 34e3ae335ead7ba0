/** What a code of a violation means. */
export interface CodeMeaning {
  /** The code, or how the codes begin that mean this. */
  code: string;
  /** What must hold. */
  rule: string;
  /** The number of the invariant in docs/invariants.md. */
  invariant: number;
}

/** Every code that a run can report. */
export const CODES: readonly CodeMeaning[] = [
  { code: 'gone_came_back', rule: 'A deleted or expired thought appears nowhere again.', invariant: 9 },
  { code: 'overheard', rule: 'Nobody gets a private text of others.', invariant: 11 },
  {
    code: 'hears_after_leaving',
    rule: 'A minute after somebody has left a group, no message of it is pushed to them.',
    invariant: 11,
  },
  { code: 'doubled', rule: 'An app gets each event once.', invariant: 2 },
  {
    code: 'out_of_order',
    rule: 'An app gets the events of an author, or of a conversation, in their order.',
    invariant: 2,
  },
  {
    code: 'stalled',
    rule: 'No event is later than 15 s, unless the plan broke something on its way.',
    invariant: 16,
  },
  { code: 'held', rule: 'The client gives an event that has arrived to the app within a minute.', invariant: 16 },
  {
    code: 'interrupted',
    rule: 'No connection ends, unless the plan broke something on its way.',
    invariant: 16,
  },
  { code: 'reconnects', rule: 'A device opens at most three connections in five minutes.', invariant: 16 },
  { code: 'not_live', rule: 'In the end every device is connected.', invariant: 16 },
  { code: 'replaced', rule: "A device gives way only to a person's 21st connection.", invariant: 16 },
  {
    code: 'http_5xx',
    rule: 'No request is answered 5xx, unless the plan made the table or the functions fail.',
    invariant: 7,
  },
  { code: 'gave_up', rule: 'A request that is repeated succeeds in the end.', invariant: 7 },
  { code: 'limited', rule: 'Nobody who makes few requests is limited.', invariant: 12 },
  { code: 'unbounded_read', rule: 'A request reads only as much as its page needs.', invariant: 4 },
  { code: 'repeated', rule: 'A request that is repeated with its Idempotency-Key makes nothing twice.', invariant: 3 },
  {
    code: 'stored_again',
    rule: 'A post without an Idempotency-Key is stored at most as often as it was sent.',
    invariant: 3,
  },
  { code: 'lost', rule: 'Each thought that was answered 201 is stored, in that version or a later one.', invariant: 1 },
  { code: 'failure_bucket', rule: 'No record of the stream is given up.', invariant: 1 },
  { code: 'audit_', rule: 'Derived items match their sources, and no task is left.', invariant: 1 },
  { code: 'page', rule: 'Each list, read page by page, is what the reference model says.', invariant: 8 },
  { code: 'view_misses_', rule: 'A connected device shows all that its lists contain.', invariant: 2 },
  { code: 'view_keeps_', rule: 'A connected device shows nothing that its lists do not contain.', invariant: 2 },
  { code: 'view_unread', rule: 'A connected device has read its lists.', invariant: 2 },
  {
    code: 'conversation_missed',
    rule: 'A connected device was given each message, or was told of a gap.',
    invariant: 11,
  },
  {
    code: 'conversation_',
    rule: 'Members can read each message once, others none, and unread messages are counted.',
    invariant: 11,
  },
];

/** What a code means. */
export const meaningOf = (code: string): CodeMeaning | undefined =>
  CODES.find((one) => (one.code.endsWith('_') ? code.startsWith(one.code) : code === one.code));
