"""The English that event names are made of, as far as their order depends on it. Verbs stand in `verbs.txt`."""

from __future__ import annotations


def _these(words: str) -> frozenset[str]:
    return frozenset(words.split())


ACTORS = _these("user customer visitor shopper guest person someone somebody you i we")
"""Who did it. An event says so in `userId`, not in its name."""

PEOPLE = ACTORS | _these("""
    account admin agent buyer client company driver employee lead manager member merchant owner partner patient player seller student
    subscriber teacher team vendor
""")
"""Who may sign up and log in."""

DETERMINERS = _these("a an the my your this that existing")

ADVERBS = _these("again once twice later now early late")
"""Beside the words on -ly."""

PARTICLES = _these("up out in on off down over back away through forward around together apart ahead along aside")
"""What makes one verb with the verb before: `Signed Up`."""

PREPOSITIONS = _these("""
    about across after against and around as at because before between by during for from in instead into near of on onto or over per since
    through to under until upon via when while with within without
""")
"""What begins a qualifier: `to Cart`, `by User`."""

NO_OBJECT = _these("is was has have had been being be just when on get got already")
"""What nothing can happen to."""

ADJECTIVES = _these("""
    another any complex custom example failed fake final first initial invalid last manual new next null old quick random sample second some
    successful temp test third valid quarterly weekly daily monthly annual
""")
"""Behind these a word is a noun, though it could be a verb: `Initial Purchase`."""

NOUNS_ON_ING = _these("""
    billing boarding booking building checking closing existing following landing listing loading marketing meeting missing onboarding
    opening pending pricing rating reading recording saving setting shipping shopping starting streaming testing tracking training trending
    typing upcoming writing
""")
"""What begins a noun though it ends in -ing: `Meeting Room`."""

ALSO_NOUNS = _these("""
    access answer attribute award back book call cast charge check claim comment design display download end exchange export feed filter fix
    follow import install issue label launch like link list load lock mark mention name order pin place play post press preview print
    process purchase rate record redirect refund release rent repeat reply report request reset return review schedule search set setup
    share ship sign sort start store switch sync tag test tip top track transfer trigger turn type update upgrade upload use view visit vote
    watch win
""")
"""Verbs that are as good a noun: `Search Results`, `Order Status`."""

OF_THINGS = _these("button buttons cta count counts error event events flow icon limit mode percentage rate time")
"""What ends a noun behind any verb but those of `HANDLING`: `Play Button`, `Submit Button`, `View Count`."""

OF_NOUNS = _these("""
    address amount bar body box center code confirmation date details field filter form history house id key link list menu message
    modal name number option options page popup price query result results score screen section settings status summary tab term terms
    total type url value volume widget
""")
"""What ends a noun behind the verbs of `ALSO_NOUNS`: `Search Results`, while `View Results` is an order."""

HANDLING = _these(
    "add change clear click create delete disable dismiss enable hide hover press remove select set show switch tap toggle update view"
)
"""Verbs that take any object: `Clicked Play Button`."""

JOINED = {
    "login": ("logged", "in"),
    "logon": ("logged", "on"),
    "logout": ("logged", "out"),
    "logoff": ("logged", "off"),
    "signup": ("signed", "up"),
    "signin": ("signed", "in"),
    "signout": ("signed", "out"),
    "checkout": ("checked", "out"),
    "checkin": ("checked", "in"),
    "optin": ("opted", "in"),
    "optout": ("opted", "out"),
}
"""Nouns made of a verb and its particle: `User Login`."""
