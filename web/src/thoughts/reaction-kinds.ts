import type { Routes } from '../api/types.ts';

export type ReactionKind = Routes['PUT /users/{username}/thoughts/{id}/reaction']['body']['kind'];

export const REACTIONS: Record<ReactionKind, string> = { like: '👍', love: '❤️', laugh: '😄', wow: '😮', sad: '😢' };
