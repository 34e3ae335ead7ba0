import type { Ticket } from '../../client/index.ts';
import { App } from './app.ts';
import type { Cloud } from './cloud.ts';
import { Device } from './device.ts';
import type { History } from './history.ts';
import { PersonActions, type RequestAction } from './person-actions.ts';
import { PersonApi } from './person-api.ts';
import type { Person as PersonPlan } from './plan-types.ts';
import { actionText } from './step-text.ts';
import type { Action } from './steps.ts';
import type { Trace } from './trace.ts';
import type { VirtualTime } from './virtual-time.ts';

/** A device's clock is off by up to so much. */
const CLOCK_OFF_MS = 60_000;

export interface PersonOptions {
  plan: PersonPlan;
  cloud: Cloud;
  history: History;
  time: VirtualTime;
  trace: Trace;
  random: () => number;
  tokenMs: number;
  onSocket: (connectionId: string, person: string) => void;
}

/** A person with devices who posts, follows and reads as the plan says, one action after the other. */
export class Person {
  readonly name: string;
  readonly api: PersonApi;
  readonly devices: { device: Device; app: App | undefined }[];
  readonly #options: PersonOptions;
  readonly #actions: PersonActions;
  #doing: Promise<void> = Promise.resolve();

  constructor(options: PersonOptions) {
    const { cloud, history, plan, random, time, tokenMs, trace } = options;
    const { addresses, follows, name } = plan;
    this.#options = options;
    this.name = name;
    const clockOffMs = Math.round((random() * 2 - 1) * CLOCK_OFF_MS);
    this.api = new PersonApi({
      ...{ name, http: cloud.http, history, time, trace, random, tokenMs, clockOffMs },
      sourceAddress: addresses[0] ?? '',
    });
    this.devices = Array.from({ length: plan.devices }, (_, at) => ({
      device: new Device(`${name}/${at}`, time, random, Math.round((random() * 2 - 1) * CLOCK_OFF_MS)),
      app: undefined,
    }));
    this.#actions = new PersonActions({ api: this.api, history, random, author: follows[0] });
  }

  do(action: Action): void {
    if ('device' in action) this.#handle(action);
    else if (action.kind === 'react') void this.#actions.act(action);
    else this.#doing = this.#doing.then(() => this.#act(action));
  }

  async #act(action: RequestAction): Promise<void> {
    await this.#actions.act(action);
    // The device that acted shows the result itself; the person's other devices get events.
    if ('other' in action) this.devices[0]?.app?.read('timeline');
  }

  #handle(action: Extract<Action, { device: number }>): void {
    const { trace } = this.#options;
    const entry = this.devices[action.device];
    if (!entry) return;
    const { device } = entry;
    trace.add(device.name, actionText(action));
    switch (action.kind) {
      case 'open':
        entry.app ??= this.#open(device, this.#options.plan.addresses[action.device]);
        break;
      case 'close':
        entry.app?.close();
        entry.app = undefined;
        break;
      case 'cut':
        device.cut();
        break;
      case 'silence':
        device.silence();
        break;
      case 'offline':
        device.offline(action.ms);
        break;
      case 'sleep':
        device.sleep(action.ms);
        break;
    }
  }

  #open(device: Device, sourceAddress = ''): App {
    const { cloud, history, onSocket, plan, time, trace } = this.#options;
    const { api, name } = this;
    const app: App = new App({
      person: name,
      device,
      channels: plan.channels,
      now: time.now,
      api: {
        ticket: async ({ forceRefresh }) => {
          if (forceRefresh) api.forgetToken();
          if (!device.isReachable) throw new Error('No network');
          const answer = await api.request('POST /tickets', { sourceAddress });
          if (answer.status !== 201) throw new Error(`The ticket was refused: ${answer.status}`);
          return answer.body as Ticket;
        },
        list: async (channel) =>
          device.isReachable ? api.list(channel, undefined, undefined, { sourceAddress }) : undefined,
      },
      openSocket: (url, protocols) => {
        const socket = cloud.gateway.connect(url, device.isReachable);
        socket.protocols = protocols;
        onSocket(socket.id, name);
        history.devices.connected(device.name);
        socket.addEventListener('message', ({ data }: { data: string }) => history.devices.received(app, data));
        return socket;
      },
      note: (what) => trace.add(device.name, what),
      onGiven: (event) => {
        const list = 'conversationId' in event ? `${event.author} in ${event.conversationId}` : event.author;
        const thought = 'thoughtId' in event ? ` (thought ${event.thoughtId})` : '';
        trace.add(device.name, `is given ${event.type} ${event.id} of ${list}, number ${event.seq}${thought}`);
        history.devices.given({ person: name, device, app, event });
      },
      onState: (state) => history.devices.state({ person: name, device, state }),
    });
    history.devices.opened(name, device, app);
    return app;
  }
}
