import * as z from 'zod/mini';

/** Every problem that the API can answer with. `docs/errors.md` says what to do about each. */
export const PROBLEMS = {
  invalid_request: { status: 400, title: 'The request does not match the schema of this route' },
  invalid_json: { status: 400, title: 'The body is not JSON' },
  invalid_cursor: { status: 400, title: 'The cursor is invalid: send `next` of a page of this list' },
  nobody_else: { status: 400, title: 'A conversation needs at least one other person' },
  cannot_follow_self: { status: 400, title: 'You cannot follow, mute or block yourself' },
  unauthorized: { status: 401, title: 'This route needs a valid access token' },
  handle_required: { status: 403, title: 'Choose a handle first: PUT /users/me/handle' },
  not_yours: { status: 403, title: 'This belongs to somebody else' },
  blocked: { status: 403, title: 'One of the two has blocked the other' },
  route_not_found: { status: 404, title: 'There is no such route' },
  unknown_user: { status: 404, title: 'There is no such user' },
  thought_not_found: { status: 404, title: 'There is no such thought' },
  image_not_found: { status: 404, title: 'There is no such upload' },
  conversation_not_found: { status: 404, title: 'There is no such conversation' },
  message_not_found: { status: 404, title: 'There is no such message' },
  too_many_follows: { status: 409, title: 'You can follow at most 5,000 users' },
  too_many_blocks: { status: 409, title: 'You can block at most 1,000 users' },
  handle_taken: { status: 409, title: 'Somebody else has this handle, or had it recently; choose another one' },
  handle_chosen: { status: 409, title: 'This account has another handle, which cannot be changed' },
  not_following: { status: 409, title: 'Only a followed user can be muted' },
  not_a_group: { status: 409, title: 'The members of a conversation of two cannot be changed' },
  conversation_ended: { status: 409, title: "The other person's account was deleted" },
  too_many_conversations: { status: 409, title: 'One of these people is in 500 groups already' },
  still_member: { status: 409, title: 'Leave the group first; a conversation of two cannot be removed' },
  conversation_full: { status: 409, title: 'A conversation has at most 100 members' },
  account_erasing: { status: 410, title: 'This account is being erased' },
  thought_gone: {
    status: 410,
    title: 'This request has posted a thought already, and the thought was deleted or has expired',
  },
  message_gone: { status: 410, title: 'This request has posted a message already, and the message was deleted' },
  stale_version: { status: 412, title: 'The resource has changed since that version; read it again' },
  payload_too_large: { status: 413, title: 'A body is at most 64 KB' },
  unsupported_media_type: { status: 415, title: 'The body must be application/json' },
  not_an_image: { status: 422, title: 'The upload is not a complete PNG, JPEG, GIF or WebP image' },
  key_reused: { status: 422, title: 'The idempotency key was used with another body' },
  conversation_busy: {
    status: 429,
    title: 'Too many people are writing into this conversation; try again in a second',
  },
  rate_limited: { status: 429, title: 'Too many requests of this kind; try again after the seconds in Retry-After' },
  internal_error: { status: 500, title: 'The server failed unexpectedly; its log says why' },
  busy: { status: 503, title: 'The service is overloaded; try again in a second' },
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
