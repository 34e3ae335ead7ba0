#!/usr/bin/env python3
"""The smallest client of the live protocol, written from protocol.md alone. Needs Python 3.11, and no other packages.

python3 live_client.py WEBSOCKET_URL TICKETS_URL --token TOKEN --channel topic:tea
It prints a JSON object a line: {"event": …}, {"gap": …}, {"relation": …}, {"refused": …} or {"state": …}.
"""

import argparse
import asyncio
import json
import random
import urllib.error
import urllib.request
from collections import Counter
from itertools import count

from live_order import Order, seconds
from websocket import Closed, WebSocket

ENDED = {"replaced", "signed_out", "not_connected", "login_expired"}
STOP = {"replaced", "signed_out", 401, 403, 1003, *range(1007, 1011), *range(4000, 5000)}
LATER = {"busy", "internal_error", "rate_limited"}


class Client:
    """Keeps a connection, and asks for what is missing."""

    def __init__(self, ticket, connect, channels, tell):
        self.ticket, self.connect, self.wanted, self.tell = ticket, connect, channels, tell
        self.order, self.sources = Order(tell), None
        self.lock, self.is_live = asyncio.Lock(), False
        # Seconds: by how much the server's clock is ahead, when the client began, and until when everything has come.
        self.ahead, self.started, self.whole_to = 0.0, None, None

    def now(self):
        return asyncio.get_running_loop().time() + self.ahead

    def known(self, channel, thoughts):
        """To be called when the app has read a list over HTTP, from its newest thought on."""
        self.order.known(channel, thoughts, self.now())

    async def run(self):
        attempt = 0
        while True:
            try:
                await self.session()
            except (OSError, EOFError) as error:
                self.tell({"state": f"lost: {error!r}"})
                if isinstance(error, Closed) and error.args[0] in STOP:
                    return
            attempt = 1 if self.is_live else min(attempt + 1, 5)
            self.is_live = False
            await asyncio.sleep(random.uniform(0, min(30, 2**attempt)))

    async def session(self):
        self.socket = await asyncio.wait_for(self.connect(await self.ticket()), 7)
        tasks = [asyncio.create_task(part) for part in (self.listen(), self.keep(), self.mend())]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            self.socket.close()

    async def request(self, **frame):
        """Asks one thing at a time. When nothing comes within 7 seconds, the connection is dead."""
        async with self.lock:
            for wait in (0.5, 1, 2, 4, 8, 16, 32):
                self.answer = asyncio.get_running_loop().create_future()
                self.socket.send(json.dumps({**frame, "id": "1"}))
                answer = await asyncio.wait_for(self.answer, 7)
                if answer.get("code") not in LATER:
                    return answer
                await asyncio.sleep(wait)
            raise Closed(answer["code"])

    async def listen(self):
        while True:
            frame = json.loads(await self.socket.receive())
            kind = frame.get("type")
            if self.is_live:
                self.whole_to = self.now()
            if frame.get("code") in ENDED:
                raise Closed(frame["code"])
            if kind == "events":
                for event in frame["events"]:
                    self.order.take(event, self.now())
            elif kind == "gap":
                self.order.gap(channel=frame["channel"])
            elif kind == "relation":
                self.order.timeline[frame["author"]] = frame["follows"] and not frame["muted"]
                self.tell({"relation": {name: frame[name] for name in ("author", "follows", "muted")}})
            elif ("id" in frame or kind is None) and not self.answer.done():
                self.answer.set_result(frame if "id" in frame else {"code": "internal_error"})

    async def keep(self):
        """Subscribes, catches up, and asks every 110 seconds what was missed."""
        self.order.channels = ["timeline"]
        for at in range(0, len(self.wanted), 15):
            ack = await self.request(action="subscribe", channels=self.wanted[at : at + 15])
            self.order.channels += [one["channel"] for one in ack["channels"]]
            for refusal in ack["refused"]:
                self.tell({"refused": refusal})
        await self.check()
        if self.started is None:
            self.started = self.whole_to = self.now()
        else:
            await self.resume(self.order.channels, self.whole_to)
        self.is_live = True
        self.tell({"state": "live"})
        await asyncio.sleep(1)
        authors = self.order.authors.items()
        strangers = [(author, author.top()) for name, author in authors if self.order.source_of(name) == "all"]
        await asyncio.sleep(2)
        for author, top in strangers:
            self.order.pass_to(author, top)  # What is missing is in the lists that the app reads now.
        self.gap_of_strangers(self.order.channels)
        for turn in count(1):
            await asyncio.sleep(110)
            pong = await self.request(action="ping")
            missed = [name for name in self.order.channels if {name, "*"} & {*pong.get("missed", [])}]
            await self.resume(missed, self.now() - 120)
            self.gap_of_strangers(missed)
            if turn % 5 == 0:
                await self.check()

    def gap_of_strangers(self, channels):
        """A replay of these does not show that an older thought was changed."""
        for name in channels:
            if name == "all" or name.startswith("topic:"):
                self.order.gap(channel=name)

    async def check(self):
        """Asks for the last number of each author of the timeline and of an `author:` channel."""
        mine = [name[7:] for name in self.order.channels if name.startswith("author:")]
        names = [*mine, *(name for name, shows in self.order.timeline.items() if shows and name not in mine)]
        for at in range(0, len(names) or 1, 100):
            answer = await self.request(action="check", authors=names[at : at + 100])
            self.ahead += seconds(answer["at"]) - self.now()
            seqs, sources = answer.get("seqs", {}), answer.get("sources", self.sources)
            for name in names[at : at + 100] if "seqs" in answer else ():
                if name not in seqs or name in answer.get("notInTimeline", ()):
                    self.order.timeline[name] = False
                elif "notInTimeline" in answer:  # An older server does not say who comes by `author:` only.
                    self.order.timeline[name] = True
            if self.sources not in (None, sources):  # A frame that told of a follow may be lost.
                self.order.timeline = {name: True for name, shows in self.order.timeline.items() if shows}
                self.order.gap(channel="timeline")
            self.sources = sources
            for name, seq in seqs.items():
                author = self.order.authors[name]
                author.expected = seq
                if author.last is None and not author.held:
                    author.last = seq  # The app reads what was before.

    async def resume(self, channels, since):
        """Replays what these lists hold from about then. What can't be replayed is a gap."""
        todo = {name: {"channel": name, "since": id_at(since)} for name in channels}
        while todo:
            answer = await self.request(action="resume", channels=[*todo.values()][:15])
            for event in answer["events"]:
                if seconds(event["at"]) >= self.started:
                    self.order.take(event, self.now())
            for part in answer["parts"]:
                if "next" in part:
                    todo[part["channel"]]["page"] = part["next"]
                    continue
                del todo[part["channel"]]
                if "gap" in part or "error" in part:
                    self.order.gap(channel=part["channel"])

    async def mend(self):
        """Asks for missing numbers about 1, 3 and 7 seconds after they were noticed, and then gives them up."""
        turns = Counter()  # By author and the number before the hole: since when it is there.
        lost = {}  # Whose holes were given up, and when.
        while True:
            await asyncio.sleep(random.uniform(0.75, 1.25))
            due = []
            for name, author in self.order.authors.items() if self.is_live else ():
                if author.last is None and author.held:
                    self.order.pass_to(author, min(author.held))
                if author.last is not None and author.top() > author.last:
                    turns[name, author.last] += 1
                    if turns[name, author.last] in (2, 4, 8):
                        due.append((name, author, author.last, author.top(), self.order.source_of(name)))
            await self.resume({source for *_, source in due if source}, self.now())
            for name, author, last, top, source in due:
                is_loss = source and not self.order.is_replaced(author, top)
                is_over = turns[name, last] == 8
                if author.last == last and (is_over or not is_loss):
                    self.order.pass_to(author, top)
                    if is_loss:
                        lost[name] = self.now()
            for name in [name for name, at in lost.items() if at + 3 < self.now()]:
                del lost[name]
                self.order.gap(author=name)
            self.order.gap_of_late(self.now())


def id_at(time):
    ms = int(time * 1000)
    return f"{ms >> 16:08x}-{ms & 0xFFFF:04x}-7000-8000-000000000000"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("tickets", help="the address of POST /tickets")
    parser.add_argument("--token", default="")
    parser.add_argument("--channel", action="append", default=[])
    options = parser.parse_args()

    def new_ticket():
        headers = {"authorization": f"Bearer {options.token}"}
        request = urllib.request.Request(options.tickets, method="POST", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=7) as answer:
                return json.load(answer)["ticket"]
        except urllib.error.HTTPError as error:
            raise Closed(error.code)

    async def ticket():
        return await asyncio.to_thread(new_ticket)

    async def connect(ticket):
        return await WebSocket.open(f"{options.url}?ticket={ticket}", "deep-thoughts.v1")

    def tell(what):
        print(json.dumps(what), flush=True)

    asyncio.run(Client(ticket, connect, options.channel, tell).run())


if __name__ == "__main__":
    main()
