"""Events for the benchmarks, the same for the same seed: about 800 bytes each, of five kinds.

    python benchmarks/events.py --events 1000000 --bad 0.02 > events.jsonl

`--bad` is the share of events with one violation of severity error. `--unplanned 3` adds three names the plan lacks to each
event, `--deep 40` makes forty products an order, `--names 200` gives each kind two hundred events of its shape, `--calls`
mixes identify, page and group calls in. Nothing here is measured or taken from a service.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

Body = dict[str, Any]
"""The properties or traits of one event."""

POOL = 10_000
"""Bodies made of each sort, good and bad; the lines of a file take theirs from these and have ids and times of their own.
To make a body for each of a million lines would take 25 s instead of 5.
"""

WORDS = (
    "amber",
    "basin",
    "cedar",
    "delta",
    "ember",
    "grove",
    "harbor",
    "island",
    "jungle",
    "lantern",
    "meadow",
    "noble",
    "ocean",
    "quartz",
    "willow",
)
AGENT = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
CURRENCIES = ("USD", "EUR", "GBP", "JPY", "CAD", "AUD")
FIRST = datetime(2024, 1, 15)
"""The time of the first event; each is a second after the one before."""


class Traffic(NamedTuple):
    """What a file of events holds. Equal traffic is equal bytes.

    `round(events * bad)` events have one violation each, at places chosen by the seed.
    """

    events: int = 100_000
    bad: float = 0.02
    unplanned: int = 0
    deep: int = 0
    names: int = 1
    calls: bool = False
    seed: int = 7

    @property
    def invalid(self) -> int:
        return round(self.events * self.bad)


class Kind(NamedTuple):
    """One kind of event: its share of the traffic, what makes its body, and what may be wrong with that."""

    head: str
    weight: int
    make: Callable[[random.Random, int], Body]
    faults: tuple[Callable[[Body], None], ...]
    member: str = "properties"


class Made(NamedTuple):
    """A body ready to be written: the beginnings its line may have, by cumulated weight, and the end of it."""

    heads: list[str]
    weights: list[float]
    tail: str


def lines(traffic: Traffic) -> Iterator[bytes]:
    """The events of this traffic as JSON lines."""
    rng = random.Random(traffic.seed)
    kinds = TRACK | CALLS if traffic.calls else TRACK
    good, bad = (_pool(rng, kinds, traffic, faulty) for faulty in (False, True))
    bad_left, clock = traffic.invalid, _clock()
    for left in range(traffic.events, 0, -1):
        if rng.random() * left < bad_left:  # as many as asked for, each place as likely as any other
            bad_left -= 1
            made = rng.choice(bad)
        else:
            made = rng.choice(good)
        head = made.heads[0] if len(made.heads) == 1 else rng.choices(made.heads, cum_weights=made.weights)[0]
        yield (head + _identity(rng, next(clock)) + made.tail).encode()


def names(kind: str, count: int) -> list[str]:
    """The names of `count` events of one shape, at most 225; the name of the kind itself where there is one."""
    pairs = (f"{first} {second} {kind}".title() for first, second in itertools.product(WORDS, WORDS))
    return list(itertools.islice(pairs, count)) if count > 1 else [kind]


def _pool(rng: random.Random, kinds: dict[str, Kind], traffic: Traffic, faulty: bool) -> list[Made]:
    wanted = traffic.invalid if faulty else traffic.events - traffic.invalid
    heads = {name: [kind.head % each for each in names(name, traffic.names)] for name, kind in kinds.items() if "%s" in kind.head}
    weights = list(itertools.accumulate(1 / rank for rank in range(1, traffic.names + 1)))  # Zipf's law
    drawn = rng.choices(list(kinds), [kind.weight for kind in kinds.values()], k=min(POOL, wanted))
    return [Made(heads.get(name) or [kinds[name].head], weights, _tail(rng, kinds[name], traffic, faulty)) for name in drawn]


def _tail(rng: random.Random, kind: Kind, traffic: Traffic, faulty: bool) -> str:
    body = kind.make(rng, traffic.deep)
    if faulty:
        rng.choice(kind.faults)(body)
    body |= {f"extra_field_{extra}": rng.randrange(1000) for extra in range(traffic.unplanned)}
    page = f"https://shop.example.com/{rng.choice(WORDS)}/{rng.choice(WORDS)}-{rng.randrange(9999)}"
    context = {
        "ip": f"203.0.113.{rng.randrange(256)}",
        "library": {"name": "analytics.js", "version": "2.11.1"},
        "locale": rng.choice(("en-US", "en-GB", "de-DE")),
        "page": {"path": page[24:], "title": f"{rng.choice(WORDS)} {rng.choice(WORDS)}", "url": page},
        "userAgent": AGENT,
    }
    return "," + json.dumps({"context": context, "integrations": {"All": True}, kind.member: body}, separators=(",", ":"))[1:] + "\n"


def _identity(rng: random.Random, at: str) -> str:
    message, person = rng.getrandbits(128), f"{rng.getrandbits(128):032x}"
    anonymous = f"{person[:8]}-{person[8:12]}-4{person[13:16]}-a{person[17:20]}-{person[20:]}"
    at = f"{at}.{message % 1000:03}Z"
    return (
        f',"messageId":"ajs-{message:032x}","anonymousId":"{anonymous}","userId":"user_{int(rng.random() * 500_000)}"'
        f',"timestamp":"{at}","sentAt":"{at}"'
    )


def _clock() -> Iterator[str]:
    """Times to the second, one after the other."""
    for minute in itertools.count():
        start = f"{FIRST + timedelta(minutes=minute):%Y-%m-%dT%H:%M}"
        for second in range(60):
            yield f"{start}:{second:02}"


def product(rng: random.Random) -> Body:
    number = rng.randrange(100_000)
    return {
        "product_id": f"p{number}",
        "sku": f"SKU-{number:06}",
        "name": f"{rng.choice(WORDS)} {rng.choice(WORDS)}",
        "category": rng.choice(WORDS),
        "price": rng.randrange(100, 20_000) / 100,
        "quantity": rng.randrange(1, 5),
    }


def product_viewed(rng: random.Random, deep: int) -> Body:
    viewed = product(rng)
    del viewed["quantity"]
    return {**viewed, "brand": rng.choice(WORDS), "currency": rng.choice(CURRENCIES), "position": rng.randrange(40)}


def product_added(rng: random.Random, deep: int) -> Body:
    added = {key: value for key, value in product(rng).items() if key not in ("sku", "category")}
    coupon = rng.choice((None, None, "SPRING10"))
    return {"cart_id": f"c{rng.getrandbits(40):010x}", **added, "currency": rng.choice(CURRENCIES), "coupon": coupon, "in_stock": True}


def checkout_started(rng: random.Random, deep: int) -> Body:
    products = [product(rng) for _ in range(deep or rng.randrange(1, 4))]
    value = round(sum(each["price"] for each in products), 2)
    return {"order_id": f"o{rng.getrandbits(40):010x}", "value": value, "currency": rng.choice(CURRENCIES), "products": products}


def order_completed(rng: random.Random, deep: int) -> Body:
    order = checkout_started(rng, deep)
    money = {"total": round(order["value"] * 1.2 + 5, 2), "revenue": order["value"], "shipping": 5, "tax": round(order["value"] * 0.2, 2)}
    method = rng.choice(("card", "paypal", "invoice"))
    return {"order_id": order["order_id"], **money, "currency": order["currency"], "payment_method": method, "products": order["products"]}


def signed_up(rng: random.Random, deep: int) -> Body:
    return {
        "method": rng.choice(("Email", "Google", "Apple")),
        "plan": rng.choice(("Free", "Trial", "Business")),
        "referrer": rng.choice((None, "https://search.example/?q=" + rng.choice(WORDS))),
        "first_name": rng.choice(WORDS).title(),
        "last_name": rng.choice(WORDS).title(),
        "newsletter": rng.random() < 0.5,
    }


def identified(rng: random.Random, deep: int) -> Body:
    name = rng.choice(WORDS)
    return {
        "email": f"{name}@example.com",
        "first_name": name.title(),
        "plan": rng.choice(("Free", "Business")),
        "logins": rng.randrange(99),
    }


def page_seen(rng: random.Random, deep: int) -> Body:
    path = f"/{rng.choice(WORDS)}/{rng.randrange(999)}"
    return {"path": path, "title": rng.choice(WORDS).title(), "url": f"https://shop.example.com{path}", "position": rng.randrange(40)}


def grouped(rng: random.Random, deep: int) -> Body:
    return {"name": rng.choice(WORDS).title(), "employees": rng.randrange(1, 5000), "industry": rng.choice(WORDS)}


def _as_text(key: str) -> Callable[[Body], None]:
    return lambda body: body.update({key: str(body[key])})


def _negative(key: str) -> Callable[[Body], None]:
    return lambda body: body.update({key: -1 - body[key]})


def _set(key: str, value: Any) -> Callable[[Body], None]:
    return lambda body: body.update({key: value})


def _without(key: str) -> Callable[[Body], None]:
    return lambda body: body.pop(key)


def _priced(key: str) -> tuple[Callable[[Body], None], ...]:
    """The five faults of an event with an amount and a currency: wrong type, range, missing, null, pattern."""
    return (_as_text(key), _negative(key), _without("currency"), _set("currency", None), _set("currency", "usd"))


TRACK = {
    "Product Viewed": Kind('{"type":"track","event":"%s"', 40, product_viewed, _priced("price")),
    "Product Added": Kind('{"type":"track","event":"%s"', 25, product_added, _priced("price")),
    "Checkout Started": Kind('{"type":"track","event":"%s"', 10, checkout_started, _priced("value")),
    "Order Completed": Kind('{"type":"track","event":"%s"', 10, order_completed, _priced("total")),
    "Signed Up": Kind(
        '{"type":"track","event":"%s"',
        15,
        signed_up,
        (_set("newsletter", "yes"), _set("plan", "x" * 41), _without("method"), _set("method", None), _set("method", "email")),
    ),
}
CALLS = {
    "identify": Kind('{"type":"identify"', 30, identified, (_as_text("logins"), _set("email", "nobody"), _without("plan")), "traits"),
    "page": Kind('{"type":"page","name":"Product"', 40, page_seen, (_as_text("position"), _set("url", None), _without("path"))),
    "group": Kind('{"type":"group","groupId":"g1"', 10, grouped, (_as_text("employees"), _without("name")), "traits"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Write events for the benchmarks, one a line.")
    for field, default in Traffic._field_defaults.items():
        if isinstance(default, bool):
            parser.add_argument(f"--{field}", action="store_true")
        else:
            parser.add_argument(f"--{field}", type=type(default), default=default)
    sys.stdout.buffer.writelines(lines(Traffic(**vars(parser.parse_args()))))


if __name__ == "__main__":
    main()
