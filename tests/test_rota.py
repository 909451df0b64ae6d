"""Slots on the event loop."""

from __future__ import annotations

import asyncio

from coach.rota import AT_ONCE, Rota


async def rounds(asking: int, cancelled: frozenset[int] = frozenset()) -> list[tuple[int, int]]:
    """(who, in which round of the loop) got a slot, where `asking` ask at once."""
    rota, got, now = Rota(), list[tuple[int, int]](), 0

    async def ask(who: int) -> None:
        await rota.slot()
        got.append((who, now))

    tasks = [asyncio.create_task(ask(who)) for who in range(asking)]
    while not all(task.done() for task in tasks):
        await asyncio.sleep(0)
        now += 1
        for who in cancelled:
            tasks[who].cancel()
    return got


def test_everybody_gets_a_slot_in_order_and_few_in_one_round() -> None:
    got = asyncio.run(rounds(5 * AT_ONCE + 3))
    assert [who for who, _ in got] == list(range(5 * AT_ONCE + 3))
    by_round = [sum(at == now for _, at in got) for now in range(got[-1][1] + 1)]
    assert max(by_round) == AT_ONCE and len([count for count in by_round if count]) == 6


def test_who_gave_up_costs_no_slot() -> None:
    gone = frozenset(range(AT_ONCE, 3 * AT_ONCE))
    got = asyncio.run(rounds(4 * AT_ONCE, gone))
    assert [who for who, _ in got] == [who for who in range(4 * AT_ONCE) if who not in gone]


def test_a_lone_piece_does_not_wait() -> None:
    async def alone() -> None:
        rota = Rota()
        for _ in range(3 * AT_ONCE):
            slot = rota.slot()
            try:
                slot.send(None)
            except StopIteration:
                pass
            else:
                raise AssertionError("waited")
            await asyncio.sleep(0)
            await asyncio.sleep(0)

    asyncio.run(alone())


def test_a_loop_that_ended_in_the_middle_holds_up_no_other() -> None:
    rota = Rota()

    async def ended() -> None:
        asyncio.get_running_loop().stop()
        await rota.slot()

    async def crowd() -> None:
        await asyncio.wait_for(asyncio.gather(*(rota.slot() for _ in range(3 * AT_ONCE))), 5)

    one = asyncio.new_event_loop()
    halted = one.create_task(ended())
    one.run_forever()
    assert halted.done()
    one.close()
    asyncio.run(crowd())
