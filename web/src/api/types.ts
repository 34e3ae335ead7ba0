// Made of the OpenAPI document by `npm run web:types`; a test holds it current.

export interface Thought {
  id: string;
  author: string;
  text: string;
  topics: string[];
  inReplyTo?: { author: string; id: string };
  image?: string;
  createdAt: string;
  edited: boolean;
  editedAt?: string;
  version: number;
  seq: number;
  expiresAt?: string;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail?: string;
  errors?: { path: string; message: string }[];
}

export interface GatewayMessage {
  message: string;
}

export interface ThoughtWithCounts {
  id: string;
  author: string;
  text: string;
  topics: string[];
  inReplyTo?: { author: string; id: string };
  image?: string;
  createdAt: string;
  edited: boolean;
  editedAt?: string;
  version: number;
  seq: number;
  expiresAt?: string;
  counts: { replies: number; reactions: number };
}

export interface User {
  username: string;
  name: string;
  bio: string;
  createdAt: string;
  counts: { followers: number; following: number; thoughts: number };
}

export interface OwnRelation {
  username: string;
  follows: boolean;
  muted: boolean;
  blocked: boolean;
}

export interface Erasure {
  state: 'none' | 'erasing';
  startedAt?: string;
  phase?:
    | 'sockets'
    | 'thoughts'
    | 'conversations'
    | 'entries'
    | 'followers'
    | 'following'
    | 'blocks'
    | 'reactions'
    | 'subscribers'
    | 'timeline'
    | 'images'
    | 'failures'
    | 'settling'
    | 'feeds'
    | 'rest';
  erased?: number;
}

export interface Conversation {
  id: string;
  kind: 'two' | 'group';
  name?: string;
  members: string[];
  createdAt: string;
}

export interface Message {
  id: string;
  conversationId: string;
  place: number;
  author: string;
  text: string;
  createdAt: string;
  edited: boolean;
  editedAt?: string;
  version: number;
  seq: number;
}

export interface InboxEntry {
  id: string;
  kind: 'two' | 'group';
  name?: string;
  members: string[];
  createdAt: string;
  left: boolean;
  lastAt: string;
  lastMessage?: { place: number; author: string; preview?: string };
  seq: number;
  readUpTo: number;
  unread: number;
}

export interface ConversationDetails {
  id: string;
  kind: 'two' | 'group';
  name?: string;
  members: string[];
  createdAt: string;
  left: boolean;
  lastPlace: number;
  seq: number;
  readMarks: { username: string; readUpTo: number }[];
}

export interface Ticket {
  ticket: string;
  expiresIn: number;
  loginExpiresAt: string;
}

export interface ImageUpload {
  image: string;
  url: string;
  fields: Record<string, string>;
  expiresIn: number;
  maxBytes: number;
}

export interface Routes {
  'POST /thoughts': {
    headers?: { 'Idempotency-Key'?: string };
    body: {
      text: string;
      topics?: string[];
      inReplyTo?: { author: string; id: string };
      image?: string;
      expiresIn?: number;
    };
    answer: Thought;
  };
  'GET /thoughts': {
    query?: { cursor?: string; limit?: number; order?: 'newest' | 'oldest'; topic?: string };
    answer: { items: Thought[]; next?: string };
  };
  'GET /users/{username}/thoughts': {
    params: { username: string };
    query?: { cursor?: string; limit?: number; order?: 'newest' | 'oldest' };
    answer: { items: Thought[]; next?: string };
  };
  'GET /users/{username}/thoughts/{id}': { params: { username: string; id: string }; answer: ThoughtWithCounts };
  'PATCH /users/{username}/thoughts/{id}': {
    params: { username: string; id: string };
    headers?: { 'If-Match'?: string };
    body: { text: string; topics?: string[] };
    answer: Thought;
  };
  'DELETE /users/{username}/thoughts/{id}': {
    params: { username: string; id: string };
    headers?: { 'If-Match'?: string };
    answer: undefined;
  };
  'GET /users/{username}/thoughts/{id}/replies': {
    params: { username: string; id: string };
    query?: { cursor?: string; limit?: number; order?: 'newest' | 'oldest' };
    answer: { items: Thought[]; next?: string };
  };
  'GET /timeline': {
    query?: { cursor?: string; limit?: number; order?: 'newest' | 'oldest' };
    answer: { items: Thought[]; next?: string };
  };
  'PUT /users/{username}/thoughts/{id}/reaction': {
    params: { username: string; id: string };
    body: { kind: 'like' | 'love' | 'laugh' | 'wow' | 'sad' };
    answer: undefined;
  };
  'DELETE /users/{username}/thoughts/{id}/reaction': { params: { username: string; id: string }; answer: undefined };
  'GET /users/me/reactions': {
    query: { thoughts: string };
    answer: { items: { thoughtId: string; kind: 'like' | 'love' | 'laugh' | 'wow' | 'sad' }[] };
  };
  'GET /users/{username}/thoughts/{id}/reactions': {
    params: { username: string; id: string };
    query?: { cursor?: string; limit?: number };
    answer: { items: { username: string; kind: 'like' | 'love' | 'laugh' | 'wow' | 'sad' }[]; next?: string };
  };
  'GET /users/{username}': { params: { username: string }; answer: User };
  'GET /users/me': { answer: User };
  'PUT /users/me': { body: { name?: string; bio?: string }; answer: User };
  'DELETE /users/me': { answer: Erasure };
  'GET /users/me/relations': { query: { usernames: string }; answer: { items: OwnRelation[] } };
  'PUT /users/{username}/follow': { params: { username: string }; answer: undefined };
  'DELETE /users/{username}/follow': { params: { username: string }; answer: undefined };
  'PUT /users/{username}/mute': { params: { username: string }; answer: undefined };
  'DELETE /users/{username}/mute': { params: { username: string }; answer: undefined };
  'PUT /users/{username}/block': { params: { username: string }; answer: undefined };
  'DELETE /users/{username}/block': { params: { username: string }; answer: undefined };
  'GET /users/{username}/followers': {
    params: { username: string };
    query?: { cursor?: string; limit?: number };
    answer: { items: { username: string }[]; next?: string };
  };
  'GET /users/{username}/following': {
    params: { username: string };
    query?: { cursor?: string; limit?: number };
    answer: { items: { username: string }[]; next?: string };
  };
  'PUT /users/me/handle': { body: { handle: string }; answer: undefined };
  'GET /users/me/export': { query?: { cursor?: string }; answer: undefined };
  'GET /users/me/erasure': { answer: Erasure };
  'POST /conversations': {
    headers?: { 'Idempotency-Key'?: string };
    body: { members: string[]; name?: string; text: string };
    answer: { conversation: Conversation; message: Message };
  };
  'GET /conversations': { query?: { cursor?: string; limit?: number }; answer: { items: InboxEntry[]; next?: string } };
  'GET /conversations/{id}': { params: { id: string }; answer: ConversationDetails };
  'PATCH /conversations/{id}': { params: { id: string }; body: { name: string }; answer: Conversation };
  'DELETE /conversations/{id}': { params: { id: string }; answer: undefined };
  'PUT /conversations/{id}/members/{username}': { params: { id: string; username: string }; answer: undefined };
  'DELETE /conversations/{id}/members/me': { params: { id: string }; answer: undefined };
  'GET /conversations/{id}/messages': {
    params: { id: string };
    query?: { cursor?: string; limit?: number; order?: 'newest' | 'oldest' };
    answer: { items: Message[]; next?: string };
  };
  'POST /conversations/{id}/messages': {
    params: { id: string };
    headers?: { 'Idempotency-Key'?: string };
    body: { text: string };
    answer: Message;
  };
  'PATCH /conversations/{id}/messages/{place}': {
    params: { id: string; place: number };
    headers?: { 'If-Match'?: string };
    body: { text: string };
    answer: Message;
  };
  'DELETE /conversations/{id}/messages/{place}': {
    params: { id: string; place: number };
    headers?: { 'If-Match'?: string };
    answer: undefined;
  };
  'PUT /conversations/{id}/read': { params: { id: string }; body: { upTo: number }; answer: undefined };
  'POST /tickets': { answer: Ticket };
  'POST /images': {
    body: { contentType: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp' };
    answer: ImageUpload;
  };
  'DELETE /connections': { answer: undefined };
  'GET /openapi.json': { answer: Record<string, unknown> };
  'GET /asyncapi.json': { answer: Record<string, unknown> };
  'GET /docs': { answer: undefined };
}
