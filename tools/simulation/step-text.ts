import type { Action, Step } from './steps.ts';

/** A duration as a person reads it: its two largest units. */
export const durationText = (ms: number): string => {
  const units: [number, string][] = [
    [Math.floor(ms / 86_400_000), 'd'],
    [Math.floor(ms / 3_600_000) % 24, 'h'],
    [Math.floor(ms / 60_000) % 60, 'min'],
    [Math.floor(ms / 1_000) % 60, 's'],
  ];
  const from = units.findIndex(([count]) => count > 0);
  if (from === -1) return `${Math.round(ms)} ms`;
  const told = units.slice(from, from + 2).filter(([count]) => count > 0);
  return told.map(([count, unit]) => `${count} ${unit}`).join(' ');
};

const KEYLESS = {
  answered: ', without an Idempotency-Key',
  answer_lost: ', without an Idempotency-Key; the answer gets lost, and it is sent again',
};

/** An action as a person reads it, behind the name of the person or the device. */
export const actionText = (action: Action): string => {
  switch (action.kind) {
    case 'post': {
      const { topic, replyPick, expiresIn, keyless } = action;
      const [about, until] = [topic ? ` on ${topic}` : '', expiresIn ? ` that is gone after ${expiresIn} s` : ''];
      return `posts a ${replyPick === undefined ? 'thought' : 'reply'}${about}${until}${keyless ? KEYLESS[keyless] : ''}`;
    }
    case 'edit':
    case 'delete':
      return `${action.kind}s an own thought`;
    case 'react':
      return 'reacts to a thought';
    case 'repost':
      return 'posts the last thought again, with the same Idempotency-Key';
    case 'read':
      return `reads the list ${action.list}, ${action.limit} a page`;
    case 'message':
      return `sends a message to ${action.others.join(' and ')}`;
    case 'readConversation':
      return 'marks a conversation as read';
    case 'leaveGroup':
      return 'leaves a group';
    case 'open':
    case 'close':
      return `${action.kind}s the app`;
    case 'cut':
      return 'loses its connections, and both ends know';
    case 'silence':
      return 'changes its network: its connections are half open, and neither end knows';
    case 'offline':
      return `has no network for ${durationText(action.ms)}`;
    case 'sleep':
      return `sleeps for ${durationText(action.ms)}`;
    default:
      return `${action.kind}s ${action.other}`;
  }
};

/** A step as a person reads it: an action, or a fault. @param clock how a time of the plan is told */
export const stepText = (step: Step, clock: (at: number) => string): string => {
  if ('action' in step) {
    const device = 'device' in step.action ? `/${step.action.device}` : '';
    return `${step.person}${device} ${actionText(step.action)}`;
  }
  const until = 'until' in step ? ` until ${clock(step.until)}` : '';
  switch (step.fault) {
    case 'stream_lag':
      return `the stream's records wait${until}`;
    case 'push_throttled':
      return `API Gateway answers 429 to every push to ${step.person}${until}`;
    case 'push_hangs':
      return `API Gateway answers no push to ${step.person} in time${until}`;
    case 'push_lost':
      return `frames with events of ${step.author} alone are accepted for ${step.person}, and never arrive${until}`;
    case 'crashes':
      return `environments crash with probability ${step.rate} at each wait${until}`;
    case 'split':
      return 'a shard of the stream splits';
    case 'restart':
      return "the stream's poller ends, and another one continues from its last checkpoint";
    case 'leap':
      return `${durationText(step.ms)} pass without any action`;
  }
};

const FAULTS: Record<string, string> = {
  'push.throttled': 'answers 429 to a push',
  'push.failed': 'answers 500 to a push',
  'push.hangs': 'does not answer a push in time',
  'push.lost': 'accepts a push, and its frame will not arrive',
  'gateway.no_disconnect': 'tells no function that a connection has ended',
  'lambda.crash': 'crashes while it waits',
  'lambda.timeout': 'is ended at its time-out',
  'stream.repeat': 'gives a batch again that was done',
};

/** A fault of a service as a person reads it, behind the name of the service. */
export const faultText = (fault: string): string => FAULTS[fault] ?? fault;
