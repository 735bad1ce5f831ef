# SPDX-License-Identifier: Apache-2.0
"""State messages: which alarms stand, which are over, and what happened to accounting, in order."""
from collections import Counter

# how much it matters, and what ends it
ALARMS = {"accounting_stopped": ("critical", ("accounting_started",)),
          "accounting_suspended": ("critical", ("accounting_resumed", "accounting_started")),
          "accounting_silent": ("critical", ("accounting_recovered",)),
          "records_lost": ("critical", ()),
          "file_damaged": ("warning", ()),
          "file_truncated": ("warning", ()),
          "disk_low": ("warning", ())}
ENDS = {end for _, ends in ALARMS.values() for end in ends}
KEPT = 4000  # of alarms and what ends them, and of the others


class States:
    def __init__(self):
        self.alarms, self.others = [], []
        self.counts, self.dropped, self.seen = Counter(), 0, 0

    def add(self, state, since):
        self.seen += 1
        # those of one second stay as they came
        item = (state["t"], self.seen, state)
        is_alarm = state["event"] in ALARMS or state["event"] in ENDS or state["alert"]
        (self.alarms if is_alarm else self.others).append(item)
        if since is None or state["t"] >= since:
            self.counts[state["event"]] += 1
        for kept in (self.alarms, self.others):
            if len(kept) > 2 * KEPT:
                kept.sort(key=lambda item: item[:2])
                self.dropped += len(kept) - KEPT
                del kept[:-KEPT]

    def document(self, since):
        """(alarms, those that stand first; state messages of the period, in order)."""
        alarms, standing = [], {}
        everything = sorted(self.alarms + self.others, key=lambda item: item[:2])
        running = {}
        for t, _, state in everything:
            event, place = state["event"], (state["host"], state["file"])
            for name, (_, ends) in ALARMS.items():
                if event in ends and (name, place) in standing:
                    standing.pop((name, place))["until"] = t
            if event in ALARMS or state["alert"]:
                severity, ends = ALARMS.get(event, ("warning", ()))
                known = standing.get((event, place))
                if known is not None:
                    known["times"] += 1
                    continue
                alarm = {"event": event, "severity": severity, "host": state["host"], "file": state["file"], "since": t,
                         "until": None, "stands": bool(ends), "times": 1, "detail": state["detail"]}
                alarms.append(alarm)
                if ends:
                    standing[event, place] = alarm
            if event == "module_started":
                state["unclean"] = running.get(place) is True
                running[place] = True
            elif event == "module_stopped":
                running[place] = False
        for alarm in alarms:
            alarm["stands"] = alarm["stands"] and alarm["until"] is None
        if since is not None:
            alarms = [a for a in alarms if a["stands"] or max(a["since"], a["until"] or 0) >= since]
            everything = [item for item in everything if item[0] >= since]
        alarms.sort(key=lambda a: (not a["stands"], a["severity"] != "critical", -a["since"]))
        return alarms, [{name: of for name, of in state.items() if name != "alert"} for _, _, state in everything]
