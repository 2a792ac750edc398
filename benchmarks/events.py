"""Events for the benchmarks, the same for the same seed: about 750 bytes each, of five kinds.

    python benchmarks/events.py --events 1000000 --bad 0.02 > events.ndjson

`--bad` is the share of events with one violation of severity error. `--unplanned 3` adds three names the plan lacks to each
event, `--deep 40` makes forty products an order. Nothing here is measured or taken from a service.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

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
)
AGENT = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
CURRENCIES = ("USD", "EUR", "GBP", "JPY", "CAD", "AUD")


def events(count: int, *, bad: float = 0.02, unplanned: int = 0, deep: int = 0, seed: int = 7) -> Iterator[dict[str, Any]]:
    """`count` events; `round(count * bad)` of them, spread evenly at random, have one violation each."""
    rng = random.Random(seed)
    kinds = list(KINDS.items())
    for number in range(count):
        name, make = kinds[rng.choices(range(5), (40, 25, 10, 10, 15))[0]]
        properties = make(rng, deep)
        if rng.random() < bad:
            FAULTS[rng.randrange(len(FAULTS))](rng, name, properties)
        for extra in range(unplanned):
            properties[f"extra_field_{extra}"] = rng.randrange(1000)
        yield envelope(rng, number, name, properties)


def envelope(rng: random.Random, number: int, name: str, properties: dict[str, Any]) -> dict[str, Any]:
    at = f"{datetime(2024, 1, 15) + timedelta(seconds=number, milliseconds=rng.randrange(1000)):%Y-%m-%dT%H:%M:%S.%f}"[:23] + "Z"
    page = f"https://shop.example.com/{rng.choice(WORDS)}/{rng.choice(WORDS)}-{rng.randrange(9999)}"
    return {
        "type": "track",
        "event": name,
        "messageId": f"ajs-{rng.getrandbits(64):016x}{rng.getrandbits(64):016x}",
        "anonymousId": str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        "userId": f"user_{rng.randrange(500_000)}",
        "timestamp": at,
        "sentAt": at,
        "context": {
            "ip": f"203.0.113.{rng.randrange(256)}",
            "library": {"name": "analytics.js", "version": "2.11.1"},
            "locale": rng.choice(("en-US", "en-GB", "de-DE")),
            "page": {"path": page[24:], "title": f"{rng.choice(WORDS)} {rng.choice(WORDS)}", "url": page},
            "userAgent": AGENT,
        },
        "integrations": {"All": True},
        "properties": properties,
    }


def product(rng: random.Random) -> dict[str, Any]:
    number = rng.randrange(100_000)
    return {
        "product_id": f"p{number}",
        "sku": f"SKU-{number:06}",
        "name": f"{rng.choice(WORDS)} {rng.choice(WORDS)}",
        "category": rng.choice(WORDS),
        "price": rng.randrange(100, 20_000) / 100,
        "quantity": rng.randrange(1, 5),
    }


def product_viewed(rng: random.Random, deep: int) -> dict[str, Any]:
    viewed = product(rng)
    del viewed["quantity"]
    return {**viewed, "brand": rng.choice(WORDS), "currency": rng.choice(CURRENCIES), "position": rng.randrange(40)}


def product_added(rng: random.Random, deep: int) -> dict[str, Any]:
    added = {key: value for key, value in product(rng).items() if key not in ("sku", "category")}
    coupon = rng.choice((None, None, "SPRING10"))
    return {"cart_id": f"c{rng.getrandbits(40):010x}", **added, "currency": rng.choice(CURRENCIES), "coupon": coupon, "in_stock": True}


def checkout_started(rng: random.Random, deep: int) -> dict[str, Any]:
    products = [product(rng) for _ in range(deep or rng.randrange(1, 4))]
    value = round(sum(each["price"] for each in products), 2)
    return {"order_id": f"o{rng.getrandbits(40):010x}", "value": value, "currency": rng.choice(CURRENCIES), "products": products}


def order_completed(rng: random.Random, deep: int) -> dict[str, Any]:
    order = checkout_started(rng, deep)
    money = {"total": round(order["value"] * 1.2 + 5, 2), "revenue": order["value"], "shipping": 5, "tax": round(order["value"] * 0.2, 2)}
    method = rng.choice(("card", "paypal", "invoice"))
    return {"order_id": order["order_id"], **money, "currency": order["currency"], "payment_method": method, "products": order["products"]}


def signed_up(rng: random.Random, deep: int) -> dict[str, Any]:
    return {
        "method": rng.choice(("Email", "Google", "Apple")),
        "plan": rng.choice(("Free", "Trial", "Business")),
        "referrer": rng.choice((None, "https://search.example/?q=" + rng.choice(WORDS))),
        "first_name": rng.choice(WORDS).title(),
        "last_name": rng.choice(WORDS).title(),
        "newsletter": rng.random() < 0.5,
    }


KINDS: dict[str, Callable[[random.Random, int], dict[str, Any]]] = {
    "Product Viewed": product_viewed,
    "Product Added": product_added,
    "Checkout Started": checkout_started,
    "Order Completed": order_completed,
    "Signed Up": signed_up,
}


def _text_for_number(rng: random.Random, name: str, properties: dict[str, Any]) -> None:
    key = next((key for key in ("price", "value", "total") if key in properties), None)
    if key is None:
        properties["newsletter"] = "yes"
    else:
        properties[key] = str(properties[key])


def _missing(rng: random.Random, name: str, properties: dict[str, Any]) -> None:
    del properties["method" if name == "Signed Up" else "currency"]


def _null(rng: random.Random, name: str, properties: dict[str, Any]) -> None:
    properties["method" if name == "Signed Up" else "currency"] = None


def _not_allowed(rng: random.Random, name: str, properties: dict[str, Any]) -> None:
    if name == "Signed Up":
        properties["method"] = "email"
    else:
        properties["currency"] = properties["currency"].lower()


def _negative(rng: random.Random, name: str, properties: dict[str, Any]) -> None:
    key = next((key for key in ("price", "value", "total") if key in properties), None)
    if key is None:
        properties["plan"] = "x" * 41
    else:
        properties[key] = -properties[key]


FAULTS = (_text_for_number, _missing, _null, _not_allowed, _negative)


def main() -> None:
    parser = argparse.ArgumentParser(description="Write events for the benchmarks, one a line.")
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--bad", type=float, default=0.02)
    parser.add_argument("--unplanned", type=int, default=0)
    parser.add_argument("--deep", type=int, default=0)
    parser.add_argument("--seed", type=int, default=7)
    arguments = vars(parser.parse_args())
    for event in events(arguments.pop("events"), **arguments):
        sys.stdout.write(json.dumps(event, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
