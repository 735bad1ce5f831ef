# SPDX-License-Identifier: Apache-2.0
"""All blocks of all files to one sum, by several processes.

Events that come twice, as after a crash, are counted once. They are known by a number made from their id, of the last
WINDOW events; a sample of what came before is kept to tell whether there are repeats farther apart, which count twice.
A block that holds repeats is read a second time without them."""
import concurrent.futures
import multiprocessing
from collections import deque

from . import block
from .source import BLOCK, Source, Unreadable
from .states import States
from .summaries import Summaries
from .totals import Totals

WORKERS = 2
AHEAD = WORKERS + 1  # blocks that are on the way
WINDOW = 100000
SAMPLE = 20000


class Repeats:
    """Which of some numbers came before?"""

    def __init__(self):
        self.recent, self.older = set(), set()
        self.sample, self.one_in, self.far = set(), 64, 0

    def find(self, ids):
        """The places in ids of what came before, or before in ids."""
        new = set(ids)
        again = frozenset()
        if len(new) < len(ids) or not new.isdisjoint(self.recent) or not new.isdisjoint(self.older):
            seen, places = set(), []
            for place, number in enumerate(ids):
                if number in seen or number in self.recent or number in self.older:
                    places.append(place)
                seen.add(number)
            again = frozenset(places)
            new -= self.recent
            new -= self.older
        sample = {number for number in new if not number % self.one_in}
        self.far += self.one_in * len(sample & self.sample)
        self.sample |= sample
        while len(self.sample) > SAMPLE:
            self.one_in *= 2
            self.sample = {number for number in self.sample if not number % self.one_in}
        self.recent |= new
        if len(self.recent) > WINDOW:
            self.older, self.recent = self.recent, set()
        return again


class Collection:
    """What all files gave."""

    def __init__(self, asked, hosts):
        self.asked = asked
        self.totals = Totals(asked.top, asked.since or 0)
        self.repeats, self.states, self.summaries = Repeats(), States(), Summaries(asked)
        self.hosts = hosts  # [first, last] exit of each
        self.refused = []  # (source, line, why)
        self.sources = []

    def add(self, source, first_line, data, part):
        again = self.repeats.find(part.ids)
        if again:
            part = block.read(data, first_line, self.asked, self.totals.reached(), again)
        self.totals.merge(part.totals)
        for host, (first, last) in part.hosts.items():
            span = self.hosts.setdefault(host, [first, last])
            span[0], span[1] = min(span[0], first), max(span[1], last)
        for state in part.states:
            self.states.add(state, self.asked.since)
        for line, e in part.summaries:
            self._add_summary(part, line, e)
        source.read += part.read
        source.cut_off = part.cut_off
        source.refused += part.refused_count
        if sum(source is of for of, _, _ in self.refused) < block.REFUSED:
            self.refused.extend((source, line, why) for line, why in part.refused[:block.REFUSED])
        if part.refused_count and not source.read:
            line, why = part.refused[0]
            raise Unreadable(f"holds nothing that impacct wrote; line {line} is {why}")

    def counted_twice(self):
        """Hosts of whose time both records and summaries counted."""
        return sorted(host for host, (first, last) in self.summaries.spans.items()
                      if host in self.hosts and self.hosts[host][1] >= first and self.hosts[host][0] < last)

    def _add_summary(self, part, line, e):
        try:
            if e["event"] == "summary":
                self.summaries.add(e, self.hosts, self.totals)
            else:
                self.summaries.window(e)
            return
        except KeyError as error:
            part.refuse(line, f"a {e['event']} without {error.args[0]}")
        except (TypeError, ValueError, AttributeError) as error:
            part.refuse(line, f"a {e['event']} with a wrong value: {block.printable(error)[:100]}")
        part.read -= 1


def collect(paths, asked, hosts=()):
    """hosts: [first, last] exit of those of which it is known. Raises Unreadable, with the file's name."""
    collection = Collection(asked, dict(hosts))
    seen = {}
    for path in paths:
        try:
            source = Source(path)
            identity = source.identity()
            if identity is not None and identity in seen:
                raise Unreadable(f"is the same file as {seen[identity]}")
            seen[identity] = path
        except Unreadable as error:
            raise Unreadable(f"{path}: {error}") from None
        collection.sources.append(source)
    with Workers() as workers:
        for source in collection.sources:
            try:
                for first_line, data, part in workers.read(source, collection):
                    collection.add(source, first_line, data, part)
            except Unreadable as error:
                raise Unreadable(f"{source.name}: {error}") from None
            except concurrent.futures.BrokenExecutor:
                raise Unreadable(f"{source.name}: a process that read it was ended from outside; is there not enough "
                                 "memory?") from None
    if collection.counted_twice() and not hosts and "-" not in paths:
        # summaries came before the records of their time: once more, now that it is known of which time there are any
        return collect(paths, asked, collection.hosts)
    return collection


class Workers:
    """Processes that read blocks; none for a file of one block."""

    def __init__(self):
        self.pool = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.pool:
            self.pool.shutdown(cancel_futures=True)

    def read(self, source, collection):
        """(first line, bytes, Part) of each block, in order."""
        pending, blocks = deque(), iter(source)
        for first_line, data in blocks:
            if self.pool is None and len(data) >= BLOCK:
                # fork: a number made from an id is the same in all of them
                self.pool = concurrent.futures.ProcessPoolExecutor(WORKERS, multiprocessing.get_context("fork"))
            job = (data, first_line, collection.asked, collection.totals.reached())
            if self.pool is None:
                yield first_line, data, block.read(*job)
                continue
            pending.append((first_line, data, self.pool.submit(block.read, *job)))
            if len(pending) > AHEAD:
                first_line, data, future = pending.popleft()
                yield first_line, data, future.result()
        for first_line, data, future in pending:
            yield first_line, data, future.result()
