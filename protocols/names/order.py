"""The order of event names: first the object, then what happened to it (`Article Shared`), and a wrong one turned round.

The rule, exactly: some word behind the first is a past tense (`Shared`, `Sent`, `Taken`) and the name ends with it, or
goes on with a particle (`Signed Up`), a number (`Watched 50%`), an adverb (`Automatically`) or a preposition and anything
(`to Cart`, `by User`). In front stands an object: not one past tense alone (`Swiped Left`), no `not`. The names of the
public spec are right as they are, `Signed Up` and `Video Content Playing` too.

The better name is a guess and is made only of verbs in `verbs.txt`: where a word may as well be a noun there is none.
"""

from __future__ import annotations

from collections.abc import Sequence

from protocols.names import english
from protocols.names.cases import case_of, words, write
from protocols.names.dynamic import without_dynamic_part
from protocols.names.spec import is_spec_event
from protocols.names.verbs import Verb, is_past, verb_of


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
    while end < len(written) and written[end].lower() in english.PARTICLES and not _is_phrase(written[end:]):
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
    turned = write(better, case or case_of(name) or "title") if better else ""
    return turned if is_object_action(turned) else None


# The rule.


def _action_at(written: Sequence[str]) -> int | None:
    """The index of the action, None where there is none."""
    return next((at for at in range(len(written) - 1, 0, -1) if is_past(written[at]) and _may_stand(written, at)), None)


def _may_stand(written: Sequence[str], at: int) -> bool:
    return _is_tail(written[at + 1 :]) and _is_object(written[:at])


def _is_tail(written: Sequence[str]) -> bool:
    """Whether words may follow the action."""
    for at, word in enumerate(written):
        if word[0].isdigit() or _is_qualified(written[at : at + 2]):
            return True
        word = word.lower()
        if word not in english.PARTICLES | english.ADVERBS and not (word.endswith("ly") and len(word) > 4):
            return False
    return True


def _is_qualified(written: Sequence[str]) -> bool:
    return len(written) > 1 and written[0].lower() in english.PREPOSITIONS


def _is_phrase(written: Sequence[str]) -> bool:
    """Whether a word that could be a particle begins a qualifier: the `in` of `in Store`, not that of `in with Google`."""
    return _is_qualified(written) and written[1].lower() not in english.PREPOSITIONS


def _is_object(written: Sequence[str]) -> bool:
    lower = [word.lower() for word in written]
    if lower[-1] in ("not", "never") or (len(lower) == 1 and lower[0].endswith("ed") and is_past(lower[0])):
        return False
    return any(word not in english.NO_OBJECT and not word.endswith("fully") for word in lower)


# The better name.


def _better(written: Sequence[str]) -> list[str] | None:
    """The words of the better name."""
    if len(written) > 1 and written[-1].lower() == "event":
        written = written[:-1]
    if not written:
        return None
    if is_spec_event(" ".join(written)) or _action_at(written) is not None:
        return list(written)
    is_acting = len(written) > 2 and written[0].lower() in english.ACTORS
    return _turned(written[is_acting:]) or _ended(written)


def _turned(written: Sequence[str]) -> list[str] | None:
    """`Share Article via Email` -> `Article shared via Email`."""
    verb = _leading(written)
    if verb is None:
        return None
    first, *rest = (word.lower() for word in written)
    has_particle = rest[0] in english.PARTICLES
    if has_particle and (verb.past, rest[0]) in _OF_PERSONS:
        return None
    has_article = rest[has_particle:][:1] != [] and rest[has_particle] in english.DETERMINERS
    thing, qualifier = _qualified(written[1 + has_particle + has_article :])
    if not _is_thing(thing) or (not has_article and _is_compound(verb, first, thing)):
        return None
    # to click on a link is no other action than to click a link
    particles = [rest[0]] if has_particle and rest[0] != "on" else []
    return [*thing, verb.participle, *particles, *qualifier]


def _leading(written: Sequence[str]) -> Verb | None:
    """The verb that a name begins with, in whatever form, unless it is a noun in that form."""
    if len(written) < 2:
        return None
    first = written[0].lower()
    verb = verb_of(first)
    if verb is None or (is_past(first) and first != verb.base):
        return verb
    is_plural = first.endswith("s") and first != verb.base and verb.base in english.ALSO_NOUNS
    return verb if verb.begins and not is_plural and first not in english.NOUNS_ON_ING else None


def _qualified(written: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """An object and what qualifies the action: `Product to Collection` is two, `Terms of Service` one."""
    splits = (at for at, word in enumerate(written) if at and word.lower() in english.PREPOSITIONS - {"of", "and", "or"})
    at = next(splits, len(written))
    return written[:at], written[at:]


def _is_thing(thing: Sequence[str]) -> bool:
    return (
        bool(thing)
        and thing[0].lower() not in english.PREPOSITIONS
        and not is_past(thing[-1])
        and thing[-1].lower() not in english.PARTICLES
    )


def _is_compound(verb: Verb, first: str, thing: Sequence[str]) -> bool:
    """Whether verb and object may as well be one noun (`Play Button`, `Search Results`), or noun and verb (`Purchase Complete`)."""
    last = thing[-1].lower()
    if is_past(first) and first != verb.base:
        return len(thing) > 1 and _is_verb_alone(last)
    if _may_close(last) and verb.base in english.ALSO_NOUNS:
        return True
    if _is_verb_alone(last) and verb.base not in english.HANDLING:
        return True
    if verb.base in english.HANDLING:
        return False
    if last in english.OF_THINGS:
        return True
    return verb.base in english.ALSO_NOUNS and (last in english.OF_NOUNS or is_past(thing[0]))


def _may_close(word: str) -> bool:
    verb = verb_of(word)
    return verb is not None and verb.ends and word == verb.base


def _is_verb_alone(word: str) -> bool:
    """Whether a word that ends a name is a verb and no noun."""
    return _may_close(word) and word not in english.ALSO_NOUNS - {"start", "end"}


def _ended(written: Sequence[str]) -> list[str] | None:
    """`Article Share` -> `Article shared`, `User Login` -> `User logged in`, `User Sign Up` -> `User signed up`."""
    thing, action = _closing(written)
    if not action:
        return None
    if not thing:
        return action if is_spec_event(" ".join(action)) else None
    lower = [word.lower() for word in thing]
    if len(lower) == 1 and _reads_both_ways(lower[0], written[-1].lower()):
        return None
    is_noun = lower[0] not in english.PREPOSITIONS | english.NO_OBJECT and english.ADJECTIVES.isdisjoint(lower)
    return [*thing, *action] if is_noun and english.DETERMINERS.isdisjoint(lower) else None


def _reads_both_ways(first: str, last: str) -> bool:
    """`Download Update`: an update that was downloaded or a download that was updated; `Confirm Delete` is neither."""
    verb = verb_of(first)
    is_verb = verb is not None and verb.begins and first == verb.base
    return is_verb and (first not in english.ALSO_NOUNS or last in english.ALSO_NOUNS - {"start", "end"})


def _closing(written: Sequence[str]) -> tuple[Sequence[str], list[str]]:
    """What stands before the verb that ends a name, and the verb's participle with its particle; nothing where there is none."""
    thing, last = written[:-1], written[-1].lower()
    if last in english.JOINED:
        is_person = not thing or (len(thing) == 1 and thing[0].lower() in english.PEOPLE)
        return thing, list(english.JOINED[last]) if is_person or last == "checkout" else []
    particles: list[str] = []
    if last in english.PARTICLES and thing:
        particles, last, thing = [last], thing[-1].lower(), thing[:-1]
    verb = verb_of(last)
    if verb is None or last != verb.base or not (verb.ends or particles):
        return thing, []
    return thing, [verb.participle, *particles]


_OF_PERSONS = frozenset(english.JOINED.values()) - {english.JOINED["checkout"]}
"""What nobody does to an object: `Signed Up Free` is not `Free Signed Up`."""
