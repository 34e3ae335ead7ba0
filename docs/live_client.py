#!/usr/bin/env python3
"""A client of the live protocol, written from protocol.md alone, with nothing but the standard library.

python3 live_client.py WEBSOCKET_URL TICKETS_URL --token TOKEN --channel topic:tea
It prints a JSON object a line: {"event": …}, {"gap": …}, {"relation": …} or {"state": …}.
"""
import argparse, asyncio, json, random, time, urllib.error, urllib.parse, urllib.request
from datetime import datetime
from websocket import Closed, WebSocket

STOP = {1003, 1007, 1008, 1010, "replaced", "signed_out", 401, 403}


class Lost(Exception):
    """The connection is no more: a close code, an error's code, or why there is no ticket."""


class Author:
    def __init__(self):
        self.last, self.last_at, self.held, self.expected, self.passed = None, "", {}, 0, set()
        self.due, self.tries = None, 0


class Client:
    def __init__(self, url, ticket, channels, tell, speed=1.0):
        self.url, self.ticket, self.tell, self.speed, self.channels = url, ticket, tell, speed, ["timeline", *channels]
        self.marks, self.sure, self.whole, self.live = {}, {}, set(), False  # of each channel; whole: nothing is missing
        self.authors, self.versions, self.timeline, self.sources = {}, {}, set(), None
        self.asked, self.number = {}, 0

    async def run(self):
        attempts = 0
        while True:
            try:
                await self.session()
            except (Lost, Closed, OSError, EOFError, asyncio.TimeoutError) as lost:
                self.tell({"state": f"lost: {lost!r}"})
                code = getattr(lost, "code", lost.args[0] if lost.args else None)
                if code in STOP or isinstance(code, int) and 4000 <= code <= 4999:
                    return
            attempts, self.live = 0 if self.live else attempts + 1, False
            await self.wait(random.random() * min(30, 2 ** (attempts + 1)))

    async def wait(self, seconds):
        await asyncio.sleep(seconds / self.speed)

    async def session(self):
        ticket = await asyncio.to_thread(self.ticket)
        address = f"{self.url}?ticket={urllib.parse.quote(ticket)}"
        self.whole, self.asked = set(), {}
        self.socket = await asyncio.wait_for(WebSocket.open(address, "deep-thoughts.v1"), 7 / self.speed)
        self.heard_at = time.monotonic()
        tasks = [asyncio.create_task(part) for part in (self.listen(), self.keep(), self.mend())]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            self.socket.close()

    async def request(self, **frame):
        """Asks, and asks again when there is no answer, or an error that may pass."""
        for attempt in range(6):
            self.number += 1
            key, future = str(self.number), asyncio.get_running_loop().create_future()
            self.asked[key] = future
            self.socket.send(json.dumps({**frame, "id": key}).encode())
            done, _ = await asyncio.wait([future], timeout=7 / self.speed)
            self.asked.pop(key, None)
            if done and future.result().get("code") not in ("busy", "internal_error"):
                return future.result()
            if not done and time.monotonic() - self.heard_at > 7 / self.speed:
                raise Lost("silent")
            await self.wait(0.3 * 2**attempt)
        return {"type": "error", "code": "no_answer"}

    async def keep(self):
        """Subscribes, catches up, and then asks from time to time what was missed."""
        was_live = bool(self.marks)
        if self.channels[1:]:
            ack = await self.request(action="subscribe", channels=self.channels[1:])
            self.channels = ["timeline", *(one["channel"] for one in ack.get("channels", []))]
        if not was_live:
            ms = int(seconds((await self.request(action="check"))["at"]) * 1000)
            self.marks = dict.fromkeys(self.channels, f"{ms >> 16:08x}-{ms & 0xffff:04x}-7000-8000-000000000000")
            self.sure, self.whole = dict(self.marks), set(self.channels)
        await self.resume([name for name in self.channels if was_live])
        self.live = True
        self.tell({"state": "live"})
        for turn in range(30):  # 30 times 226 seconds: under the two hours after which API Gateway cuts
            if turn % 3 == 0:
                await self.check()
            if turn == 0 and was_live:
                await self.wait(3)
                self.tell_loose(self.channels)
            marks, missed = dict(self.marks), (await self.request(action="ping")).get("missed", [])
            again = [name for name in self.channels if name in missed or "*" in missed]
            await self.resume(again)
            self.tell_loose(again)
            self.sure.update({name: marks[name] for name in self.channels if name not in again})
            for _ in range(2):
                await self.wait(106)
                self.socket.send(b'{"action":"heartbeat"}')
                await self.wait(7)
                if time.monotonic() - self.heard_at > 7.5 / self.speed:
                    raise Lost("silent")

    def tell_loose(self, names):
        """Replays of these don't show an older thought that was changed."""
        for name in names:
            if name == "all" or name.startswith("topic:"):
                self.tell({"gap": {"channel": name}})

    async def check(self):
        mine = [name[7:] for name in self.channels if name.startswith("author:")]
        answer = await self.request(action="check", authors=[*mine, *(self.timeline - set(mine))][:100])
        if self.sources not in (None, answer.get("sources", self.sources)):
            self.tell({"gap": {"channel": "timeline"}})
        self.sources = answer.get("sources", self.sources)
        for name, seq in answer.get("seqs", {}).items():
            author = self.authors.setdefault(name, Author())
            author.expected = max(author.expected, seq if author.last is not None else 0)

    async def resume(self, names):
        """Replays channels until each is complete, or is told as a gap."""
        todo, failures = [{"channel": name, "since": self.sure[name]} for name in names], 0
        while todo:
            answer, rest = await self.request(action="resume", channels=todo), []
            for event in answer.get("events", []):
                self.take(event)
            parts = {part["channel"]: part for part in answer.get("parts", [])}
            for one in todo:
                part = parts.get(one["channel"], {"error": "left out"})
                failures += "error" in part
                if "error" in part and failures <= 5 * len(names):
                    rest.append(one)
                elif "next" in part:
                    rest.append({**one, "page": part["next"]})
                else:
                    self.whole.add(one["channel"])
                    if part.get("gap") or "error" in part:
                        self.tell({"gap": {"channel": one["channel"]}})
            todo = rest

    async def listen(self):
        while True:
            frame = json.loads(await self.socket.receive())
            self.heard_at, kind, code = time.monotonic(), frame.get("type"), frame.get("code")
            if code in ("replaced", "signed_out", "not_connected", "login_expired"):
                raise Lost(code)
            if kind is None and len(self.asked) == 1:  # the gateway's own
                frame = {"id": next(iter(self.asked)), "code": "internal_error"}
            if frame.get("id") in self.asked:
                self.asked.pop(frame["id"]).set_result(frame)
            elif kind == "events":
                for event in frame["events"]:
                    self.take(event)
            elif kind in ("gap", "relation"):
                self.timeline.discard(frame.get("author"))
                self.tell({kind: {name: value for name, value in frame.items() if name != "type"}})

    def take(self, event):
        name, seq, version = event["author"], event["seq"], version_of(event)
        author = self.authors.setdefault(name, Author())
        for channel in self.whole.intersection(event["channels"]):
            self.marks[channel] = max(self.marks[channel], event["thoughtId"])
        if "timeline" in event["channels"]:
            self.timeline.add(name)
        if author.last is None or seq > author.last:
            author.held[seq] = event
            while author.last is not None and author.last + 1 in author.held:
                self.give(author, author.held[author.last + 1])
        elif seq in author.passed and version > self.versions.get(event["thoughtId"], 0):
            self.versions[event["thoughtId"]] = version
            self.tell({"gap": {"author": name}})

    def give(self, author, event):
        self.pass_to(author, event["seq"] - 1)
        author.last, author.last_at = event["seq"], event["at"]
        author.held.pop(event["seq"])
        self.versions[event["thoughtId"]] = max(version_of(event), self.versions.get(event["thoughtId"], 0))
        self.tell({"event": event})

    def pass_to(self, author, seq):
        author.passed.update(range((author.last or 0) + 1, seq + 1))
        author.last = max(author.last or 0, seq)

    async def mend(self):
        """Asks for what is missing, a few times, and then gives it up."""
        while True:
            await self.wait(0.1)
            now = time.monotonic() * self.speed
            for name, author in list(self.authors.items()) if self.live else []:
                if not author.held and author.expected <= (author.last or 0):
                    author.due = None
                elif author.due is None or author.behind != author.last:
                    author.behind, author.tries = author.last, 0
                    author.due = now + (0.2 if author.last is None else random.uniform(0.75, 1.25))
                elif author.due <= now and author.last is None:
                    self.pass_to(author, min(author.held) - 1)
                    self.take(author.held[author.last + 1])
                elif author.due <= now:
                    wanted = [f"author:{name}", *(["timeline"] if name in self.timeline else []), "all"]
                    channels = [one for one in wanted if one in self.channels][:1]
                    await self.resume(channels)
                    author.tries += 1
                    author.due = now + 2**author.tries * random.uniform(0.75, 1.25)
                    if author.last == author.behind and (not channels or author.tries > 2 or self.explained(author)):
                        if channels and not self.explained(author):
                            self.tell({"gap": {"author": name}})
                        for seq in sorted(author.held):
                            self.give(author, author.held[seq])
                        self.pass_to(author, author.expected)

    def explained(self, author):
        """Whether later versions have replaced every number that is missing."""
        replaced = 0
        for event in author.held.values():
            known, version = self.versions.get(event["thoughtId"]), version_of(event)
            is_new = int(event["thoughtId"].replace("-", "")[:12], 16) / 1000 > seconds(author.last_at)
            replaced += max(0, version - known - 1) if known else (version - 1) * is_new
        return max([author.expected, *author.held]) - author.last - len(author.held) <= replaced


def version_of(event):
    return int(event["id"].rsplit(":", 1)[1])


def seconds(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() if text else 0.0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("tickets", help="the address of POST /tickets")
    parser.add_argument("--token", default="")
    parser.add_argument("--channel", action="append", default=[])
    parser.add_argument("--speed", type=float, default=1.0, help="so many times shorter is every wait")
    options = parser.parse_args()

    def ticket():
        headers = {"authorization": f"Bearer {options.token}"}
        try:
            with urllib.request.urlopen(urllib.request.Request(options.tickets, method="POST", headers=headers), timeout=7) as answer:
                return json.load(answer)["ticket"]
        except urllib.error.HTTPError as error:
            raise Lost(error.code)

    asyncio.run(Client(options.url, ticket, options.channel, lambda what: print(json.dumps(what), flush=True), options.speed).run())


if __name__ == "__main__":
    main()
