"""Runs docs/live_client.py on a clock, and on sockets, of the test's. One line comes in with what has happened and what time it is; one
line goes out with what the client does, and when its next timer is due. Between the two, nothing runs."""

import asyncio
import json
import math
import os
import random
import selectors
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../docs"))
from live_client import Client
from websocket import Closed


class Exchange(selectors.SelectSelector):
    """In the place of the operating system: asyncio asks it what has happened, and how long there is nothing to do."""

    def __init__(self):
        super().__init__()
        self.now, self.out, self.take = 0.0, [], None

    def select(self, timeout=None):
        if timeout is not None and timeout <= 0:
            return []
        wake = None if timeout is None else math.ceil((self.now + timeout) * 1000 - 0.01)
        print(json.dumps({"wake": wake, "out": self.out}), flush=True)
        line = json.loads(sys.stdin.readline() or '{"now": 0, "in": [{"type": "end"}]}')
        self.now, self.out = line["now"] / 1000, []
        for what in line["in"]:
            self.take(what)
        return []


class Loop(asyncio.SelectorEventLoop):
    def __init__(self, exchange):
        self.exchange = exchange
        super().__init__(exchange)
        self._clock_resolution = 0.001

    def time(self):
        return self.exchange.now


class Socket:
    def __init__(self, exchange):
        self.exchange, self.frames = exchange, asyncio.Queue()

    def send(self, text):
        self.exchange.out.append({"type": "send", "text": text})

    async def receive(self):
        frame = await self.frames.get()
        if isinstance(frame, int):
            raise Closed(frame)
        return frame

    def close(self):
        self.exchange.out.append({"type": "close"})


async def main(exchange):
    waiting = {}

    async def asked(**what):
        exchange.out.append(what)
        waiting[what["type"]] = asyncio.get_running_loop().create_future()
        return await waiting[what["type"]]

    async def connect(ticket):
        waiting["socket"] = socket = Socket(exchange)
        await asked(type="open", ticket=ticket)
        return socket

    def take(what):
        kind = what["type"]
        if kind == "end":
            sys.exit()
        if kind == "known":
            client.known(what["channel"], what["thoughts"])
        elif kind == "ticket":
            waiting["ticket"].set_result(what["ticket"])
        elif kind == "opened":
            waiting["open"].set_result(None)
        else:
            waiting["socket"].frames.put_nowait(what["text"] if kind == "frame" else what["code"])

    def tell(what):
        exchange.out.append({"type": "tell", **what})

    async def ticket():
        return await asked(type="ticket")

    client = Client(ticket, connect, sys.argv[2:], tell)
    exchange.take = take
    await client.run()
    await asyncio.Event().wait()  # It has ended, and does nothing more.


random.seed(int(sys.argv[1]))
with asyncio.Runner(loop_factory=lambda: Loop(Exchange())) as runner:
    runner.run(main(runner.get_loop().exchange))
