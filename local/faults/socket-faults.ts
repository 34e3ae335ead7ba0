import type { PostFault } from '../gateway/management.ts';
import type { Injector } from './injector.ts';

/** What @connections does in the place of what it should. */
export const socketFault = (injector: Injector): PostFault => {
  const { sockets } = injector.faults;
  if (injector.happens('sockets.gone', sockets.gone)) return { kind: 'status', status: 410 };
  if (injector.happens('sockets.tooLarge', sockets.tooLarge)) return { kind: 'status', status: 413 };
  if (injector.happens('sockets.throttle', sockets.throttle)) return { kind: 'status', status: 429 };
  if (injector.happens('sockets.fail', sockets.fail)) return { kind: 'status', status: 500 };
  if (injector.happens('sockets.hang', sockets.hang)) return { kind: 'hang' };
  if (injector.happens('sockets.cut', sockets.cut)) return { kind: 'cut' };
  if (injector.happens('sockets.swallow', sockets.swallow)) return { kind: 'swallow' };
  return { kind: 'none' };
};
