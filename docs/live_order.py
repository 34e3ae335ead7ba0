"""Each author's events in order, and what each list has: the rules of protocol.md that need no connection."""

from collections import defaultdict
from datetime import datetime

KNOWN = {"thought.created", "thought.updated", "thought.deleted"}  # Others only have their number in the order.


class Author:
    def __init__(self):
        self.last, self.last_at = None, 0.0  # The number given last, and when that change was made.
        self.held, self.expected = {}, 0  # Events that came early, by number; the last number that the server knows.

    def top(self):
        return max([self.last or 0, self.expected, *self.held])


class Order:
    """Tells the app events and gaps. The app reads a list when it is told of its gap, and hands it to `known`."""

    def __init__(self, tell):
        self.tell, self.channels = tell, ["timeline"]
        self.authors = defaultdict(Author)  # By name.
        self.timeline = {}  # By author: whether the timeline shows them.
        self.lists = defaultdict(dict)  # By list and thought: the version that the app has.
        self.late, self.again = [], []  # Events after their turn that a list lacks, or that came again; and when.

    def gap(self, **where):
        self.tell({"gap": where})

    def take(self, event, now):
        author = self.authors[event["author"]]
        if "timeline" in event["channels"]:
            self.timeline.setdefault(event["author"], True)
        if author.last is None or event["seq"] > author.last:
            author.held[event["seq"]] = event
            self.give(author)
        elif event["type"] in KNOWN:
            (self.late if self.lacking(event) else self.again).append((now, event))

    def give(self, author):
        """Gives the app what is next in the author's order."""
        while author.last is not None and (event := author.held.pop(author.last + 1, None)):
            author.last, author.last_at = event["seq"], seconds(event["at"])
            if event["type"] not in KNOWN:
                continue
            if lists := self.lists_of(event):
                self.tell({"event": {**event, "channels": lists}})
            self.note(event)

    def pass_to(self, author, seq):
        """Gives what is held up to this number, whatever is missing between."""
        while (author.last or 0) < seq:
            author.last = min([seq + 1, *author.held]) - 1
            self.give(author)

    def source_of(self, name):
        """The channel that brings all changes of this author, if there is one."""
        names = [f"author:{name}", "timeline" if self.timeline.get(name) else "", "all"]
        return next((one for one in names if one in self.channels), None)

    def is_replaced(self, author, top):
        """Whether later versions of new thoughts have replaced all that is missing: a replay shows the last one."""
        held = [event for seq, event in sorted(author.held.items()) if seq <= top]
        new = [event for event in held if time_of(event["thoughtId"]) > author.last_at and event["type"] in KNOWN]
        replaced = sum({event["thoughtId"]: version_of(event) for event in new}.values()) - len(new)
        return top - author.last - len(held) <= replaced

    def lists_of(self, event):
        """All lists that the event belongs to. A replay names only the one that was replayed."""
        if "thought" not in event:
            return self.channels
        names = {"all", "author:" + event["author"], *event["channels"]} - {"timeline"}
        names |= {"topic:" + topic for topic in event["thought"]["topics"]}
        return [
            name for name in self.channels if name in names or name == "timeline" and self.timeline.get(event["author"])
        ]

    def lacking(self, event):
        """The lists that the event belongs to and that do not have it, unless a newer version is known."""
        thought, version = event["thoughtId"], version_of(event)
        is_old = any(thoughts.get(thought, 0) > version for thoughts in self.lists.values())
        return [name for name in self.lists_of(event) if self.lists[name].get(thought, 0) < version and not is_old]

    def note(self, event):
        for name in self.lists_of(event):
            thoughts = self.lists[name]
            thoughts[event["thoughtId"]] = max(version_of(event), thoughts.pop(event["thoughtId"], 0))
            if len(thoughts) > 20_000:
                del thoughts[next(iter(thoughts))]

    def gap_of_late(self, now):
        """An event whose turn is over is a gap of its lists, 2 seconds later: then a reading has it."""
        due = [event for at, event in self.late if at + 2 < now]
        self.late = self.late[len(due) :]
        self.again = [(at, event) for at, event in self.again if at + 10 > now]
        for name in {name for event in due for name in self.lacking(event)}:
            self.gap(channel=name)
        for event in due:
            self.note(event)

    def known(self, channel, thoughts, now):
        """The app has read a list, from its newest thought on: the list lacks what is not among these."""
        oldest = min((thought["id"] for thought in thoughts), default="")
        shown = {id: version for id, version in self.lists[channel].items() if id < oldest}
        self.lists[channel] = shown | {thought["id"]: thought["version"] for thought in thoughts}
        for _, event in self.again:
            if channel in event["channels"] and channel in self.lacking(event):
                self.late.append((now, event))  # The page is older than what came by this list; nothing comes again.
        for thought in sorted(thoughts, key=lambda thought: -thought["seq"]) if channel == "timeline" else ():
            self.timeline.setdefault(thought["author"], True)
            author = self.authors[thought["author"]]
            if author.last is None and not author.held:
                author.last, author.last_at = thought["seq"], time_of(thought["id"])


def version_of(event):
    return int(event["id"].rsplit(":", 1)[1])


def seconds(text):
    return datetime.fromisoformat(text).timestamp()


def time_of(thought):
    return int(thought.replace("-", "")[:12], 16) / 1000
