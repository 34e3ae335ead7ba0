import type { Thought } from '../../client/index.ts';
import { thoughtOf } from './actions.ts';
import { leaveGroup, readConversation, sendMessage } from './conversation-actions.ts';
import type { History } from './history.ts';
import type { PersonApi } from './person-api.ts';
import { relationRoute } from './routes.ts';
import type { Action } from './steps.ts';

/** What a person does to the service, whichever device it is done on. */
export type RequestAction = Exclude<Action, { device: number }>;

export interface PersonActionsOptions {
  api: PersonApi;
  history: History;
  random: () => number;
  /** Whose list the person reads when it reads an author's list. */
  author: string | undefined;
}

/** Makes a person's actions: sends their requests, and notes in the history what the answers promise. */
export class PersonActions {
  readonly #options: PersonActionsOptions;
  #lastPost: { body: string; key: string; thought?: Thought } | undefined;

  constructor(options: PersonActionsOptions) {
    this.#options = options;
  }

  async act(action: RequestAction): Promise<void> {
    const { api, author, history, random } = this.#options;
    const { name } = api;
    switch (action.kind) {
      case 'post': {
        const target = action.replyPick === undefined ? undefined : history.pickThought(action.replyPick);
        const body = thoughtOf(`${name} thinks ${Math.floor(random() * 1e9).toString(36)}`, action, target);
        if (action.keyless) return this.#postWithoutKey(body, action.keyless === 'answer_lost');
        const key = `key-${Math.floor(random() * 1e12).toString(36)}`;
        this.#lastPost = { body: JSON.stringify(body), key };
        const answer = await api.call('POST /thoughts', { body, headers: { 'idempotency-key': key } });
        if (answer?.status !== 201) return;
        this.#lastPost.thought = answer.body as Thought;
        return history.posted(answer.body as Thought);
      }
      case 'repost': {
        if (!this.#lastPost) return;
        const { body, key, thought } = this.#lastPost;
        const again = { body: JSON.parse(body), headers: { 'idempotency-key': key } };
        if (thought) history.repeating(thought);
        const answer = await api.call('POST /thoughts', again);
        if (answer?.status === 201 && thought) history.repeated(name, thought, answer.body as Thought);
        return;
      }
      case 'edit': {
        const own = history.pickOwn(name, action.pick);
        if (!own) return;
        const body = { text: `${name} rather thinks ${Math.floor(random() * 1e9).toString(36)}` };
        const params = { username: name, id: own.id };
        const answer = await api.call('PATCH /users/{username}/thoughts/{id}', { params, body });
        if (answer?.status === 200) history.edited(answer.body as Thought);
        return;
      }
      case 'delete': {
        const own = history.pickOwn(name, action.pick);
        if (!own) return;
        const params = { username: name, id: own.id };
        const answer = await api.call('DELETE /users/{username}/thoughts/{id}', { params });
        if (answer && answer.status < 300) history.deleted(own.id);
        return;
      }
      case 'react': {
        const target = history.pickThought(action.pick);
        if (!target) return;
        const params = { username: target.author, id: target.id };
        await api.call('PUT /users/{username}/thoughts/{id}/reaction', { params, body: { kind: 'like' } });
        return;
      }
      case 'read': {
        const channels = { topic: 'topic:cats', author: `author:${author}`, timeline: 'timeline', all: 'all' };
        await api.list(channels[action.list], action.limit, 3);
        return;
      }
      case 'message':
        return sendMessage(api, history.conversations, action.others, random);
      case 'readConversation':
        return readConversation(api, history.conversations, action.pick);
      case 'leaveGroup':
        return leaveGroup(api, history, action.pick);
      default: {
        const answer = await api.call(relationRoute(action.kind), { params: { username: action.other } });
        if (answer && answer.status < 300) history.related(name, action.kind, action.other);
      }
    }
  }

  /** Nothing tells the service that a post comes again, so there may be as many copies as attempts without a clear answer. */
  async #postWithoutKey(body: { text: string }, isAnswerLost: boolean): Promise<void> {
    const { api, history } = this.#options;
    const onUnclear = () => history.postIsUnclear(body.text);
    if (isAnswerLost) {
      const { status } = await api.request('POST /thoughts', { body });
      if (status === 201 || status >= 500) onUnclear();
    }
    const answer = await api.call('POST /thoughts', { body }, onUnclear);
    if (answer?.status === 201) history.postedWithoutKey(answer.body as Thought);
  }
}
