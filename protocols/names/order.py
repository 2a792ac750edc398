"""The order of event names: first the object, then what happened to it (`Article Shared`), and a wrong one turned round.

The rule, exactly: some word behind the first is a past tense (`Shared`, `Sent`, `Taken`) and the name ends with it, or
goes on with a particle (`Signed Up`), a number (`Watched 50%`), an adverb (`Automatically`) or a preposition and anything
(`to Cart`, `by User`). In front stands an object: not one past tense alone (`Swiped Left`), no `not`. The names of the
public spec are right as they are, `Signed Up` and `Video Content Playing` too.

The better name is a guess and is made only of verbs in `verbs.txt`: where a word may as well be a noun there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from protocols.names import english
from protocols.names.cases import case_of, words, write
from protocols.names.dynamic import without_dynamic_part
from protocols.names.spec import is_spec_event
from protocols.names.verbs import is_past, participle_of, verb_of


def is_object_action(name: str) -> bool:
    """Whether a name has its object first and then a past tense, by the rule above; in whatever case it is written."""
    return is_spec_event(name) or _action_at(words(name)) is not None


def action_of(name: str) -> str | None:
    """What happened, of a name in this order: `Shared`, `Signed Up`; None for any other name."""
    written = words(name)
    at = _action_at(written)
    if at is None:
        return None
    end = at + 1
    while end < len(written) and written[end].lower() in english.PARTICLES and not _is_qualified(written[end:]):
        end += 1
    return " ".join(written[at:end])


def object_action(name: str, case: str | None = None) -> str | None:
    """A better name for one that is not in this order, written in `case` (without it, as the name is): `Share Article` ->
    `Article Shared`. None where the name is fine and where no better one is certain enough to be shown.

    The part that varies is left out: `Viewed Product 123` -> `Product Viewed`.
    """
    if is_object_action(name):
        return None
    better = _better(words(without_dynamic_part(name)))
    return write(better, case or case_of(name) or "title") if better else None


# The rule.


def _action_at(written: Sequence[str]) -> int | None:
    """The index of the action, None where there is none."""
    return next((at for at in range(len(written) - 1, 0, -1) if is_past(written[at]) and _may_stand(written, at)), None)


def _may_stand(written: Sequence[str], at: int) -> bool:
    return _is_tail(written[at + 1 :]) and _is_object(written[:at])


def _is_tail(written: Sequence[str]) -> bool:
    """Whether words may follow the action."""
    if not written or written[0][0].isdigit() or _is_qualified(written):
        return True
    first = written[0].lower()
    return (first in english.PARTICLES or first in english.ADVERBS or (first.endswith("ly") and len(first) > 4)) and _is_tail(written[1:])


def _is_qualified(written: Sequence[str]) -> bool:
    return len(written) > 1 and written[0].lower() in english.PREPOSITIONS


def _is_object(written: Sequence[str]) -> bool:
    lower = [word.lower() for word in written]
    if lower[-1] in ("not", "never") or (len(lower) == 1 and lower[0].endswith("ed") and is_past(lower[0])):
        return False
    return any(word not in english.NO_OBJECT and not word.endswith("fully") for word in lower)


# The better name.


def _better(written: Sequence[str]) -> list[str] | None:
    if not written:
        return None
    if len(written) > 1 and written[-1].lower() == "event":
        written = written[:-1]
    if is_spec_event(" ".join(written)) or _action_at(written) is not None:
        return list(written)
    acting = len(written) > 2 and written[0].lower() in english.ACTORS
    return next(_turned(written[1:] if acting else written), None) or next(_ended(written), None)


def _turned(written: Sequence[str]) -> Iterator[list[str]]:
    """`Share Article via Email` -> `Article shared via Email`."""
    action = _leading_action(written)
    if action is None:
        return
    rest = list(written[1:])
    particles = []
    if rest and rest[0].lower() in english.PARTICLES:
        particle = rest.pop(0)
        if (action, particle.lower()) in english.JOINED.values() and action != "checked":
            return
        if particle.lower() != "on":  # `click on a link` is no other action than `click a link`
            particles = [particle]
    articled = bool(rest) and rest[0].lower() in english.DETERMINERS
    thing, qualifier = _qualified(rest[articled:])
    if not thing or thing[0].lower() in english.PREPOSITIONS or is_past(thing[-1]) or thing[-1].lower() in english.PARTICLES:
        return
    if articled or not _is_compound(written[0], thing):
        yield [*thing, action, *particles, *qualifier]


def _leading_action(written: Sequence[str]) -> str | None:
    """The participle of the verb that a name begins with."""
    if len(written) < 2:
        return None
    first = written[0].lower()
    if is_past(first) and first != getattr(verb_of(first), "base", None):
        return participle_of(first)
    verb = verb_of(first)
    return verb.participle if verb is not None and verb.begins and first not in english.NOUNS_ON_ING else None


def _is_compound(first: str, thing: Sequence[str]) -> bool:
    """Whether a verb and what follows are rather one noun and the like: `Play Button`, `Search Results`, `Purchase Complete`."""
    verb = verb_of(first)
    if verb is None or is_past(first):
        return False
    last = thing[-1].lower()
    if verb.base in english.ALSO_NOUNS and (is_past(thing[0]) or _is_verb_alone(last)):
        return True
    return (last in english.OF_THINGS and verb.base not in english.HANDLING) or (
        last in english.OF_NOUNS and verb.base in english.ALSO_NOUNS - english.HANDLING
    )


def _is_verb_alone(word: str) -> bool:
    verb = verb_of(word)
    return verb is not None and verb.ends and word == verb.base and (word not in english.ALSO_NOUNS or word in ("start", "end"))


def _qualified(rest: Sequence[str]) -> tuple[list[str], list[str]]:
    """An object and what qualifies the action: `Product to Collection` is two, `Terms of Service` one."""
    splits = (at for at, word in enumerate(rest) if at and word.lower() in english.PREPOSITIONS and word.lower() not in ("of", "and", "or"))
    at = next(splits, len(rest))
    return list(rest[:at]), list(rest[at:])


def _ended(written: Sequence[str]) -> Iterator[list[str]]:
    """`Article Share` -> `Article shared`, `User Login` -> `User logged in`, `User Sign Up` -> `User signed up`."""
    thing, action = _closing_action(list(written))
    if not action or any(word.lower() in english.ADJECTIVES | english.DETERMINERS for word in thing):
        return
    if (thing and thing[0].lower() not in english.PREPOSITIONS | english.NO_OBJECT) or is_spec_event(" ".join(action)):
        yield [*thing, *action]


def _closing_action(written: list[str]) -> tuple[list[str], list[str]]:
    """What stands before the verb that ends a name, and that verb's participle with its particle; nothing where none does."""
    *thing, last = written
    if last.lower() in english.JOINED:
        of_people = len(thing) == 1 and thing[0].lower() in english.PEOPLE
        return thing, list(english.JOINED[last.lower()]) if not thing or of_people or last.lower() == "checkout" else []
    particles = [last] if last.lower() in english.PARTICLES and thing else []
    if particles:
        *thing, last = thing
    verb = verb_of(last)
    if verb is None or last.lower() != verb.base or not (verb.ends or particles):
        return thing, []
    return thing, [verb.participle, *particles]
