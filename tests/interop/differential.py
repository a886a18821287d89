"""Telethon 1.45.0 and Telewire answer the same generated questions about text dialects and session strings.

Usage: differential.py DIALECTS_BINARY PYTHON_WITH_1.7.7 [SEED]

Every difference has to have one of the reasons in differences.py.
"""

import collections
import json
import os
import subprocess
import sys
import time

import cases
from differences import REASONS, explain

HERE = os.path.dirname(os.path.abspath(__file__))
# Rules are for exceptions: at least this part of the answers has to be the same without any.
SAME = 0.4


class Oracle:
    """A process that answers a line with a line."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def ask(self, question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, f"no answer to {json.dumps(question)}"
        return json.loads(line)


def same(theirs, ours):
    """Refusals are equal, whatever their reason."""
    return theirs == ours or ("error" in theirs and "error" in ours)


def compare(questions, new, old, ours):
    """Asks everybody. Returns what was counted, and what is unexplained."""
    counts, rules, unexplained = collections.Counter(), collections.Counter(), []
    for question in questions:
        does = question["do"]
        theirs, answer = new.ask(question), ours.ask(question)
        counts[does] += 1
        if same(theirs, answer):
            counts[does, "same"] += 1
            continue
        found = explain(question, theirs, answer, new.ask, old.ask, ours.ask)
        if found:
            rules.update(set(found))
        else:
            unexplained.append((question, theirs, answer))
    return counts, rules, unexplained


def main(binary, older, seed="7"):
    begun = time.monotonic()
    oracle = os.path.join(HERE, "oracle.py")
    # A version from 2019 gives a Python of today something to warn about.
    with Oracle([sys.executable, oracle]) as new, Oracle([older, "-W", "ignore", oracle]) as old, Oracle([binary]) as ours:
        counts, rules, unexplained = compare(cases.questions(int(seed), new.ask), new, old, ours)
    fine = not unexplained
    for does in cases.COUNTS:
        print(f"{does:<14} {counts[does]:5} asked, {counts[does, 'same']:5} the same")
        fine &= counts[does, "same"] >= SAME * counts[does]
    print("differences:")
    for rule, n in sorted(rules.items()):
        print(f"{n:6}  {rule}: {REASONS[rule]}")
    for question, theirs, answer in unexplained[:20]:
        print("UNEXPLAINED", *(json.dumps(x, ensure_ascii=False) for x in (question, theirs, answer)), sep="\n    ")
    print(f"{len(unexplained)} unexplained, {time.monotonic() - begun:.1f} s")
    return fine


if __name__ == "__main__":
    sys.exit(0 if main(*sys.argv[1:]) else 1)
