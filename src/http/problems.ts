import * as z from 'zod/mini';

/** Every problem that the API can answer with. `docs/errors.md` says what to do about each. */
export const PROBLEMS = {
  invalid_request: { status: 400, title: 'The request is not what this route takes' },
  invalid_json: { status: 400, title: 'The body is not JSON' },
  invalid_cursor: { status: 400, title: 'The cursor is not one that this list gave' },
  nobody_else: { status: 400, title: 'A conversation needs somebody else' },
  cannot_follow_self: { status: 400, title: 'Nobody follows, mutes or blocks themselves' },
  unauthorized: { status: 401, title: 'This needs a valid access token' },
  handle_required: { status: 403, title: 'Choose a handle first: PUT /users/me/handle' },
  not_yours: { status: 403, title: 'This belongs to somebody else' },
  blocked: { status: 403, title: 'One of the two has blocked the other' },
  route_not_found: { status: 404, title: 'There is no such route' },
  unknown_user: { status: 404, title: 'There is no such user' },
  thought_not_found: { status: 404, title: 'There is no such thought' },
  image_not_found: { status: 404, title: 'There is no such upload' },
  conversation_not_found: { status: 404, title: 'There is no such conversation' },
  message_not_found: { status: 404, title: 'There is no such message' },
  too_many_follows: { status: 409, title: 'Nobody follows more than 5,000 users' },
  too_many_blocks: { status: 409, title: 'Nobody blocks more than 1,000 users' },
  handle_taken: { status: 409, title: 'Somebody else has this handle, or had it lately' },
  handle_chosen: { status: 409, title: 'This account has another handle already, and keeps it' },
  not_following: { status: 409, title: 'Only a followed user can be muted' },
  not_a_group: { status: 409, title: 'The members of a conversation of two are always these two' },
  conversation_ended: { status: 409, title: 'The other one of this conversation is gone' },
  too_many_conversations: { status: 409, title: 'Somebody of these is in 500 groups already' },
  still_member: { status: 409, title: 'Leave the group first; a conversation of two stays' },
  conversation_full: { status: 409, title: 'A conversation has at most 100 members' },
  account_erasing: { status: 410, title: 'This account is being erased' },
  thought_gone: { status: 410, title: 'This request has posted a thought already, and it is gone' },
  message_gone: { status: 410, title: 'This request has posted a message already, and it is gone' },
  stale_version: { status: 412, title: 'It has changed since that version' },
  payload_too_large: { status: 413, title: 'A body is at most 64 KB' },
  unsupported_media_type: { status: 415, title: 'The body must be application/json' },
  not_an_image: { status: 422, title: 'What was uploaded is no whole PNG, JPEG, GIF or WebP' },
  key_reused: { status: 422, title: 'The idempotency key was used with another body' },
  conversation_busy: { status: 429, title: 'Too many are writing into this conversation; try again shortly' },
  rate_limited: { status: 429, title: 'Too many of these; Retry-After says when the next one fits' },
  internal_error: { status: 500, title: 'Something went wrong here' },
  busy: { status: 503, title: 'Too much at once; try again shortly' },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

/** RFC 9457 problem details, with a stable `code`. */
export const ProblemView = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.optional(z.string()),
    errors: z.optional(z.array(z.object({ path: z.string(), message: z.string() }))),
  })
  .check(z.meta({ id: 'Problem' }));
export type ProblemView = z.infer<typeof ProblemView>;

interface ProblemDetails {
  errors?: { path: string; message: string }[];
  retryAfter?: number;
}

/** Thrown anywhere in a route; the caller gets it as problem details. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly errors: { path: string; message: string }[] | undefined;
  /** Whole seconds after which to try again, if that is known. */
  readonly retryAfter: number | undefined;

  constructor(code: ProblemCode, detail?: string, { errors, retryAfter }: ProblemDetails = {}) {
    super(detail ?? PROBLEMS[code].title);
    this.code = code;
    this.errors = errors;
    this.retryAfter = code === 'busy' || code === 'conversation_busy' ? 1 : retryAfter;
  }

  get status(): number {
    return PROBLEMS[this.code].status;
  }

  view(): ProblemView {
    const { title, status } = PROBLEMS[this.code];
    return {
      type: `urn:deep-thoughts:${this.code}`,
      title,
      status,
      code: this.code,
      ...(this.message !== title && { detail: this.message }),
      ...(this.errors && { errors: this.errors }),
    };
  }
}
