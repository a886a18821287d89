"""Telewire and Telethon talk to each other in one sandbox: what one sends, the other reads, field by field.

Usage: crossing.py SANDBOX_BINARY PEER_BINARY [SCENARIO...]
"""

import asyncio
import sys
import time
import traceback

import crossing_accounts as accounts
import crossing_bots as bots
import crossing_dcs as dcs
import crossing_events as heard
import crossing_lists as lists
import crossing_messages as messages
import crossing_talks as talks
from crossing_world import World
from telethon_interop import DEADLINE, Sandbox

SCENARIOS = [
    accounts.passwords,
    accounts.qr_codes,
    accounts.strings,
    accounts.bot_tokens,
    messages.formatted,
    messages.from_telethon,
    messages.replies,
    messages.edits,
    messages.deletions,
    messages.forwards,
    messages.reads,
    messages.files,
    messages.albums,
    messages.changed_files,
    messages.groups,
    lists.dialogs,
    lists.drafts,
    lists.histories,
    bots.presses,
    bots.choices,
    talks.telewire_talks,
    talks.telethon_talks,
    heard.handlers,
    heard.raw_updates,
    heard.people,
    dcs.lives_elsewhere,
    dcs.bots_elsewhere,
    dcs.codes_elsewhere,
]


async def attempt(scenario, world):
    """Runs a scenario and says how it went."""
    begun = time.monotonic()
    try:
        await asyncio.wait_for(scenario(world), DEADLINE * 3)
    except Exception:  # noqa: BLE001 - whatever it was, the next scenario runs
        print(f"FAILED  {scenario.__name__}", flush=True)
        traceback.print_exc()
        return False
    print(f"ok      {scenario.__name__:<28} {time.monotonic() - begun:5.1f} s", flush=True)
    return True


async def main(sandbox_binary, peer_binary, *names):
    with Sandbox(sandbox_binary) as sandbox:
        world = await World.begin(sandbox, peer_binary)
        outcomes = [await attempt(s, world) for s in SCENARIOS if not names or s.__name__ in names]
        await world.end()
    print(f"{sum(outcomes)} passed, {len(outcomes) - sum(outcomes)} failed")
    return all(outcomes)


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(main(*sys.argv[1:])) else 1)
