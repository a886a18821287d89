#!/usr/bin/env python3
"""Clean build time of telewire-schema beside grammers-tl-types, alternating, and the ratio written to README.md.

Both build everything they have: all types, functions that can be read, Debug, conversions, doc comments. Dependencies and
build scripts count, as they do for a user. Usage: schema-build.py [ROUNDS]
"""

import os
import pathlib
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
TARGET = HERE / "target" / "schema-build"
BEGIN, END = "<!-- schema-build: begin -->", "<!-- schema-build: end -->"


def build(package, profile):
    """Wall and processor seconds of a build from nothing."""
    shutil.rmtree(TARGET, ignore_errors=True)
    command = ["cargo", "build", "--quiet", "--offline", "--package", package]
    if profile == "release":
        command.append("--release")
    environment = dict(os.environ, CARGO_TARGET_DIR=str(TARGET), CARGO_INCREMENTAL="0")
    environment.pop("RUSTFLAGS", None)
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, cwd=HERE, env=environment, check=True)
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    subprocess.run(["cargo", "fetch", "--quiet"], cwd=HERE, check=True)
    lines = [
        "| profile | | telewire-schema | grammers-tl-types 0.11.0 | ratio |",
        "|---|---|---|---|---|",
    ]
    for profile in ("dev", "release"):
        times = {"schema-build-ours": [], "schema-build-peer": []}
        for round_number in range(rounds):
            # Whoever goes first changes, so that a warming or throttling machine favours neither.
            for package in sorted(times, reverse=round_number % 2 == 1):
                times[package].append(build(package, profile))
                print(profile, package, "%.1f s wall, %.1f s processor" % times[package][-1], flush=True)
        for index, what in enumerate(("wall", "processor")):
            ours, peer = (statistics.median(run[index] for run in runs) for runs in times.values())
            lines.append(f"| {profile} | {what} | {ours:.1f} s | {peer:.1f} s | **{ours / peer:.2f}** |")
    shutil.rmtree(TARGET, ignore_errors=True)
    rustc = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
    cores, load = os.cpu_count(), os.getloadavg()[2]
    lines.append("")
    lines.append(
        f"Median of {rounds} builds each, alternating; rustc {rustc}, {platform.machine()}, {cores} cores, "
        f"load average {load:.1f} (over 15 minutes, the builds themselves included), {time.strftime('%Y-%m-%d')}."
    )
    readme = HERE / "README.md"
    head, rest = readme.read_text().split(BEGIN)
    tail = rest.split(END)[1]
    readme.write_text(head + BEGIN + "\n" + "\n".join(lines) + "\n" + END + tail)
    print("\n".join(lines))


if __name__ == "__main__":
    main()
