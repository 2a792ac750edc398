"""What a plan means: each row reads one thing out of the model of a small plan."""

from __future__ import annotations

import pytest

from protocols.plan import load_text
from protocols.plan.model import Limits
from protocols.positions import Position
from protocols.problems import Severity

HEAD = "protocols: 1\nplan: p\nversion: 1\n"


def one(plan, event="A", version=None):
    """The body of an event."""
    return plan.events[event].bodies[version]


def prop(plan, name="a", event="A", version=None):
    """One property of an event."""
    return one(plan, event, version).properties.properties[name]


def at(line, column):
    return Position("acme.yaml", line, column)


def looks(shape):
    """Keywords and nullness of a shape."""
    return dict(shape.keywords), shape.null


ROWS = [
    # short form
    ("events: {A: {properties: {a: number}}}", lambda p: looks(prop(p)), ({"type": ["number"]}, False)),
    # a list of types
    ("events: {A: {properties: {a: {type: [string, integer]}}}}", lambda p: looks(prop(p)), ({"type": ["string", "integer"]}, False)),
    # null among the types, written as the value that it looks like, too
    ("events: {A: {properties: {a: {type: [string, null]}}}}", lambda p: looks(prop(p)), ({"type": ["string", "null"]}, True)),
    ("events: {A: {properties: {a: {type: null}}}}", lambda p: looks(prop(p)), ({"type": ["null"]}, True)),
    ("events: {A: {properties: {a: 'null'}}}", lambda p: looks(prop(p)), ({"type": ["null"]}, True)),
    # any is no constraint
    ("events: {A: {properties: {a: any}}}", lambda p: looks(prop(p)), ({}, True)),
    ("events: {A: {properties: {a: {type: [any, string]}}}}", lambda p: looks(prop(p)), ({}, True)),
    # datetime is short for a format, and the format stands where the type does
    (
        "events: {A: {properties: {a: datetime}}}",
        lambda p: (*looks(prop(p)), prop(p).positions["format"]),
        ({"type": ["string"], "format": "date-time"}, False, at(4, 30)),
    ),
    (
        "events: {A: {properties: {a: {type: [datetime, null]}}}}",
        lambda p: looks(prop(p)),
        ({"type": ["string", "null"], "format": "date-time"}, True),
    ),
    # null by the word
    ("events: {A: {properties: {a: {type: string, nullable: true}}}}", lambda p: looks(prop(p)), ({"type": ["string"]}, True)),
    ("events: {A: {properties: {a: {type: string, nullable: false}}}}", lambda p: looks(prop(p)), ({"type": ["string"]}, False)),
    # null where nothing is said of the type
    ("events: {A: {properties: {a: {}}}}", lambda p: looks(prop(p)), ({}, True)),
    ("events: {A: {properties: {a: {minLength: 1}}}}", lambda p: looks(prop(p)), ({"minLength": 1}, True)),
    # but not where values are listed, unless null is among them
    ("events: {A: {properties: {a: {enum: [x]}}}}", lambda p: looks(prop(p)), ({"enum": ["x"]}, False)),
    ("events: {A: {properties: {a: {enum: [x, null]}}}}", lambda p: looks(prop(p)), ({"enum": ["x", None]}, True)),
    (
        "events: {A: {properties: {a: {type: string, enum: [x, ~]}}}}",
        lambda p: looks(prop(p)),
        ({"type": ["string"], "enum": ["x", None]}, True),
    ),
    ("events: {A: {properties: {a: {const: null}}}}", lambda p: looks(prop(p)), ({"const": None}, True)),
    ("events: {A: {properties: {a: {enum: [x], nullable: true}}}}", lambda p: looks(prop(p)), ({"enum": ["x"]}, True)),
    # keywords as they stand, with their places
    (
        "events:\n  A:\n    properties:\n      a:\n        type: string\n        pattern: '^[A-Z]+$'\n        required: true",
        lambda p: (looks(prop(p))[0], prop(p).required, dict(prop(p).positions), prop(p).position),
        (
            {"type": ["string"], "pattern": "^[A-Z]+$"},
            True,
            {"type": at(8, 9), "pattern": at(9, 9), "required": at(10, 9)},
            at(7, 7),
        ),
    ),
    # an object in a const, a list in an enum: values, not shapes
    (
        "events: {A: {properties: {a: {enum: [{type: removed}, [1, 2], 1.5, true]}}}}",
        lambda p: prop(p).keywords["enum"],
        [{"type": "removed"}, [1, 2], 1.5, True],
    ),
    # values of YAML 1.2: what merely looks like one is text
    (
        "events: {A: {properties: {a: {enum: [yes, no, on, Off, y, 12:30, 017, 2024-01-01, 0x1F, 0o17, 1_000, .inf,"
        " .nan, +1, -1, 1e3, 1., .5, TRUE, Null]}}}}",
        lambda p: prop(p).keywords["enum"],
        ["yes", "no", "on", "Off", "y", "12:30", "017", "2024-01-01", 31, 15, "1_000", ".inf", ".nan", 1, -1, 1000.0, 1.0, 0.5, True, None],
    ),
    # keys are text
    (
        "events: {A: {properties: {no: string, 0: string, 0.0: string, 1.0: string, null: string, true: string, 'type': string}}}",
        lambda p: list(one(p).properties.properties),
        ["no", "0", "0.0", "1.0", "null", "true", "type"],
    ),
    # a property may have the name of a keyword
    (
        "events: {A: {properties: {type: number, properties: {type: object, properties: {ref: string}}, removed: string}}}",
        lambda p: (list(one(p).properties.properties), list(prop(p, "properties").properties)),
        (["type", "properties", "removed"], ["ref"]),
    ),
    # openness: undescribed, none planned, some planned
    ("events: {A: {}}", lambda p: one(p).properties, None),
    ("events: {A: {description: Seen.}}", lambda p: (one(p).properties, p.events["A"].description), (None, "Seen.")),
    ("events: {A: {properties: {}}}", lambda p: one(p).properties.properties, {}),
    ("events: {A: {properties: {a: {type: object}}}}", lambda p: prop(p).properties, None),
    # additionalProperties
    ("events: {A: {additionalProperties: false}}", lambda p: (one(p).properties.properties, one(p).properties.additional), (None, False)),
    ("events: {A: {properties: {a: {additionalProperties: true}}}}", lambda p: prop(p).additional, True),
    (
        "events: {A: {properties: {a: {additionalProperties: integer}}}}",
        lambda p: (looks(prop(p).additional), prop(p).additional.position),
        (({"type": ["integer"]}, False), at(4, 31)),
    ),
    # items in short
    ("events: {A: {properties: {a: {type: array, items: string}}}}", lambda p: looks(prop(p).items), ({"type": ["string"]}, False)),
    # the words about a value
    (
        "events: {A: {properties: {a: {type: string, description: D, examples: [x, {y: 1}], personal: true, status: deprecated,"
        " replaced_by: b, labels: {t: [u]}, owners: [o], x-k: {v: [1]}}, b: string}}}",
        lambda p: (
            prop(p).description,
            prop(p).examples,
            prop(p).personal,
            prop(p).status,
            prop(p).replaced_by,
            prop(p).labels,
            prop(p).owners,
            prop(p).extensions,
        ),
        ("D", ("x", {"y": 1}), True, "deprecated", "b", {"t": ["u"]}, ("o",), {"x-k": {"v": [1]}}),
    ),
    # active is no status
    ("events: {A: {status: active}}", lambda p: p.events["A"].status, None),
    # ref with keys of its own
    (
        "definitions:\n  C: {type: string, pattern: '^[A-Z]{3}$'}\nevents:\n  A: {properties: {a: {ref: C, required: true}}}",
        lambda p: (looks(prop(p)), prop(p).required, prop(p).position, prop(p).positions["pattern"]),
        (({"type": ["string"], "pattern": "^[A-Z]{3}$"}, False), True, at(7, 20), at(5, 21)),
    ),
    # refs in order, the later wins, the own keys last
    (
        "definitions: {X: {minLength: 1, maxLength: 5}, Y: {maxLength: 6, description: Y}}\n"
        "events: {A: {properties: {a: {ref: [X, Y], type: string}, b: {maxLength: 7, ref: [Y, X]}}}}",
        lambda p: (looks(prop(p))[0], looks(prop(p, "b"))[0], prop(p).description),
        ({"minLength": 1, "maxLength": 6, "type": ["string"]}, {"maxLength": 7, "minLength": 1}, "Y"),
    ),
    # definitions through definitions, and a definition in short
    (
        "definitions: {P: {properties: {price: {ref: M}}}, M: {ref: N, minimum: 0}, N: number}\nevents: {A: {ref: P}}",
        lambda p: (looks(prop(p, "price")), list(p.definitions)),
        (({"type": ["number"], "minimum": 0}, False), ["P", "M", "N"]),
    ),
    # an event may take a member of what it refers to out, and make another optional
    (
        "definitions: {P: {properties: {a: {type: string, required: true}, b: string, c: string}}}\n"
        "events: {A: {ref: P, properties: {b: removed, a: {required: false}}}}",
        lambda p: (list(one(p).properties.properties), prop(p).required),
        (["a", "c"], False),
    ),
    # what a definition says of itself does not describe the event
    ("definitions: {P: {type: object, description: A product.}}\nevents: {A: {ref: P}}", lambda p: p.events["A"].description, None),
    # names are text, even those that look like numbers
    (
        "definitions: {404: string}\nevents: {A: {properties: {a: {ref: 404}, 1: {type: string, replaced_by: 2.0}, 2.0: string}}}",
        lambda p: (looks(prop(p))[0], prop(p, "1").replaced_by),
        ({"type": ["string"]}, "2.0"),
    ),
    # versions merge over the event and stand in the order of their numbers
    (
        "events:\n  A:\n    properties: {m: string, n: string}\n    versions:\n      10: {properties: {n: removed}}\n"
        "      2: {properties: {m: {enum: [x], required: true}}, status: deprecated, description: Old.}",
        lambda p: (
            list(p.events["A"].bodies),
            looks(prop(p, "m", version=2)),
            list(one(p, version=10).properties.properties),
            one(p, version=2).status,
            one(p, version=2).description,
            one(p, version=10).status,
        ),
        ([2, 10], ({"type": ["string"], "enum": ["x"]}, False), ["m"], "deprecated", "Old.", None),
    ),
    # an empty version is the event itself
    ("events: {A: {properties: {a: string}, versions: {1: {}}}}", lambda p: list(one(p, version=1).properties.properties), ["a"]),
    # a deprecated event without a body is checked as its successor, over several steps
    (
        "events:\n  New: {properties: {a: string}, versions: {1: {}, 2: {}}}\n  Old: {status: deprecated, replaced_by: New}\n"
        "  Older: {status: deprecated, replaced_by: Old, description: x, labels: {a: b}}",
        lambda p: (
            p.events["Old"].bodies == p.events["New"].bodies,
            p.events["Older"].bodies == p.events["New"].bodies,
            p.events["Older"].replaced_by,
            p.events["Old"].status,
        ),
        (True, True, "Old", "deprecated"),
    ),
    # with a body it is checked as itself
    (
        "events: {New: {properties: {a: string}}, Old: {replaced_by: New, properties: {}}}",
        lambda p: one(p, "Old").properties.properties,
        {},
    ),
    # track holds for all events, and for unplanned ones
    (
        "track: {context: {properties: {app: object}}, properties: {shop: {type: string, required: true}}}\n"
        "events: {A: {properties: {a: string, shop: {minLength: 1}}}, B: {}, C: {properties: {shop: removed}}}",
        lambda p: (
            list(one(p).properties.properties),
            looks(prop(p, "shop")),
            list(one(p, "B").properties.properties),
            list(one(p, "C").properties.properties),
            list(p.sections["track"].body.properties.properties),
            list(one(p).context.properties),
        ),
        (["shop", "a"], ({"type": ["string"], "minLength": 1}, False), ["shop"], [], ["shop"], ["app"]),
    ),
    # a plan without track section has one that says nothing
    (
        "{}".join(["x-a: ", ""]),
        lambda p: (list(p.sections), p.sections["track"].position, p.sections["track"].body.properties),
        (["track"], None, None),
    ),
    # traits of an event are those of the payload
    (
        "events: {A: {traits: {email: {type: string, personal: true}}}}",
        lambda p: (one(p).properties, list(one(p).traits.properties), one(p).traits.position),
        (None, ["email"], at(4, 14)),
    ),
    # traits of identify are what it carries: the keywords of the section are about them
    (
        "definitions: {Person: {properties: {name: string}}}\n"
        "identify: {ref: Person, minProperties: 1, traits: {email: string}, properties: {x: string}, context: {properties: {ip: string}}}",
        lambda p: (
            list(p.sections["identify"].body.traits.properties),
            p.sections["identify"].body.traits.keywords,
            list(p.sections["identify"].body.properties.properties),
            list(p.sections["identify"].body.context.properties),
        ),
        (["name", "email"], {"minProperties": 1}, ["x"], ["ip"]),
    ),
    # a section that says only words
    ("group: {description: G}", lambda p: (p.sections["group"].body.description, p.sections["group"].body.traits), ("G", None)),
    # words of a section, and its own keys
    (
        "page: {owners: [web], labels: {a: 1}, x-y: z}",
        lambda p: (p.sections["page"].owners, p.sections["page"].labels, p.sections["page"].extensions),
        (("web",), {"a": 1}, {"x-y": "z"}),
    ),
    # named pages merge over their section
    (
        "page: {properties: {url: string}, named: {Checkout: {properties: {step: integer}, versions: {1: {}}}}}",
        lambda p: (
            list(p.sections["page"].body.properties.properties),
            list(p.sections["page"].events["Checkout"].bodies[1].properties.properties),
            p.sections["page"].events["Checkout"].position,
        ),
        (["url"], ["url", "step"], at(4, 43)),
    ),
    # alias has context alone
    ("alias: {context: {properties: {a: string}}}", lambda p: list(p.sections["alias"].body.context.properties), ["a"]),
    # raw schemas, from the widest to the narrowest
    (
        "payload: {required: [messageId]}\ntrack: {payload: {required: [a]}}\n"
        "events: {A: {payload: {required: [b]}, versions: {1: {payload: {required: [c]}}}}}",
        lambda p: (
            [raw.schema["required"] for raw in one(p, version=1).payloads],
            [raw.position for raw in one(p, version=1).payloads],
            [raw.schema["required"] for raw in p.sections["track"].body.payloads],
            [raw.schema["required"] for raw in p.sections["alias"].body.payloads],
            p.sections["alias"].position,
        ),
        (
            [["messageId"], ["a"], ["b"], ["c"]],
            [at(4, 1), at(5, 9), at(6, 14), at(6, 55)],
            [["messageId"], ["a"]],
            [["messageId"]],
            None,
        ),
    ),
    # raw schema of a shape
    (
        "events: {A: {schema: {dependentRequired: {coupon: [discount]}, x-why: because, const: {type: removed}}}}",
        lambda p: (one(p).properties.raw.schema, one(p).properties.raw.position),
        ({"dependentRequired": {"coupon": ["discount"]}, "x-why": "because", "const": {"type": "removed"}}, at(4, 14)),
    ),
    # overrides go from the section to the event to the version
    (
        "unplanned: {properties: error}\ntrack: {unplanned: {traits: note}}\n"
        "events: {A: {unplanned: {properties: off}, severity: {naming: off, type/null-value: note},"
        " versions: {1: {unplanned: {traits: off}}}}}",
        lambda p: (
            p.unplanned,
            dict(one(p, version=1).unplanned),
            dict(one(p, version=1).severity),
            dict(p.sections["track"].body.unplanned),
        ),
        (
            {
                "events": Severity.error,
                "properties": Severity.error,
                "traits": Severity.off,
                "versions": Severity.warning,
                "destinations": Severity.warning,
            },
            {"traits": Severity.off, "properties": Severity.off},
            {"naming": Severity.off, "type/null-value": Severity.note},
            {"traits": Severity.note},
        ),
    ),
    # the plan's own words
    (
        "description: D\nowners: [a, 5]\nlabels: {team: [x],"
        " tier: 1}\nseverity: {naming: note}\ndestinations: [Mixpanel, 404]\ndefault_version: 2\nevents: {A: {versions: {2: {}}}}",
        lambda p: (p.description, p.owners, p.labels, p.severity, p.destinations, p.default_version),
        ("D", ("a", "5"), {"team": ["x"], "tier": 1}, {"naming": Severity.note}, frozenset({"Mixpanel", "404"}), 2),
    ),
    ("default_version: latest", lambda p: (p.default_version, p.destinations), ("latest", None)),
    # naming
    (
        "naming: {events: {case: title, order: object-action, allow: [iOS App Opened]},"
        " properties: {pattern: '^[a-z ]+$'}, traits: {case: [snake, camel]}}",
        lambda p: [(name, rule.cases, rule.pattern, rule.order, sorted(rule.allow)) for name, rule in p.naming.items()],
        [
            ("events", ("title",), None, "object-action", ["iOS App Opened"]),
            ("properties", (), "^[a-z ]+$", None, []),
            ("traits", ("snake", "camel"), None, None, []),
        ],
    ),
    # limits
    ("limits: {event_bytes: 100, depth: 5}", lambda p: p.limits, Limits(event_bytes=100, depth=5)),
    # words of an event
    (
        "events: {A: {owners: [o], labels: {l: 1}, x-a: 1, status: deprecated}}",
        lambda p: (p.events["A"].owners, p.events["A"].labels, p.events["A"].extensions, p.events["A"].status, p.events["A"].position),
        (("o",), {"l": 1}, {"x-a": 1}, "deprecated", at(4, 10)),
    ),
    # anchors and merge keys; what a merge brings keeps its own place, and what stands there wins
    (
        "x-base: &base {type: string, minLength: 1}\nevents:\n  A:\n    properties:\n      a: {<<: *base, minLength: 2}\n      b: *base",
        lambda p: (looks(prop(p))[0], prop(p).positions["type"], prop(p).positions["minLength"], looks(prop(p, "b"))[0]),
        ({"minLength": 2, "type": ["string"]}, at(4, 16), at(8, 22), {"type": ["string"], "minLength": 1}),
    ),
    (
        "x-a: &a {type: string}\nx-b: &b {type: number, minimum: 1}\nevents: {A: {properties: {a: {<<: [*a, *b]}, '<<': string}}}",
        lambda p: (looks(prop(p))[0], list(one(p).properties.properties)),
        ({"type": ["string"], "minimum": 1}, ["a", "<<"]),
    ),
    # tags that say what is there anyway, and the one that makes text
    (
        "x-a: !!map {}\nx-b: !!seq []\nevents: {A: {description: !!str 5, properties: {a: {minimum: !!int 5}}}}",
        lambda p: (p.events["A"].description, prop(p).keywords),
        ("5", {"minimum": 5}),
    ),
    # block scalars
    (
        "description: |\n  two\n  lines\nevents:\n  A:\n    description: >-\n      one\n      line",
        lambda p: (p.description, p.events["A"].description),
        ("two\nlines\n", "one line"),
    ),
    # odd names
    (
        "events: {'Émoji 😀 \"Used\"': {properties: {'a b.c[0]/~': string, \"tab\\t\": string}}}",
        lambda p: (list(p.events), list(one(p, 'Émoji 😀 "Used"').properties.properties)),
        (['Émoji 😀 "Used"'], ["a b.c[0]/~", "tab\t"]),
    ),
    # bounds that just fit
    (
        "events: {A: {properties: {a: {type: integer, minimum: 5, maximum: 5}, b: {type: integer,"
        " exclusiveMinimum: 1, exclusiveMaximum: 3},"
        " c: {enum: [1, a], type: string}, d: {multipleOf: 5, minimum: 5, maximum: 9}, e: {type: integer,"
        " enum: [1.0]}, f: {enum: [a], type: integer, nullable: true}}}}",
        lambda p: len(one(p).properties.properties),
        6,
    ),
]


@pytest.mark.parametrize(("text", "read", "expected"), ROWS)
def test_what_a_plan_means(text, read, expected):
    assert read(load_text(HEAD + text + "\n", "acme.yaml")) == expected


VERSIONS = [
    # text as written, whatever number it looks like
    ("2.10", "2.10"),
    ("2.10.0", "2.10.0"),
    ("1", "1"),
    ("'3'", "3"),
    ("0x10", "0x10"),
    ("2024-01-01", "2024-01-01"),
    ("1e3", "1e3"),
]


@pytest.mark.parametrize(("written", "version"), VERSIONS)
def test_the_version_is_the_text_as_written(written, version):
    plan = load_text(f"protocols: 1\nplan: 12\nversion: {written}\n")
    assert (plan.name, plan.version) == ("12", version)


def test_crlf_and_a_byte_order_mark_change_nothing():
    text = HEAD + "events:\n  A:\n    properties:\n      a: string\n"
    plain, odd = (load_text(version, "acme.yaml") for version in (text, "\ufeff" + text.replace("\n", "\r\n")))
    assert odd.events == plain.events
