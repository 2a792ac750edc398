"""What each rule says, and where it keeps silent, beyond its example."""

from __future__ import annotations

import pytest
from linted import found, found_in

FINDINGS = [
    # event-name-case: a pattern instead of a case, and nothing to rename it to
    (
        "naming: {events: {pattern: '^[a-z]+$'}}\nevents: {signup: {}, Sign-Up: {}}",
        ["event-name-case"],
        ["5:22 warning Sign-Up is not a name that matches ^[a-z]+$ [event-name-case]"],
    ),
    # event-name-case: several cases, of which one has to fit
    (
        "naming: {events: {case: [title, snake]}}\nevents: {Order Completed: {}, order_paid: {}, orderLost: {}}",
        ["event-name-case"],
        ["5:47 warning orderLost is not Title Case or snake_case; rename it to Order Lost [event-name-case]"],
    ),
    # event-name-case: pages go by the names of sites, nothing is agreed for them
    ("naming: {events: {case: title}}\npage: {named: {check out: {}}}", ["event-name-case"], []),
    # property-name-case: at every depth, in items and maps, in versions and in the properties of calls
    (
        "naming: {properties: {case: snake}}\n"
        "page: {properties: {pageTitle: string}}\n"
        "events:\n"
        "  A:\n"
        "    versions:\n"
        "      1: {properties: {list: {type: array, items: {properties: {inItems: string}}}}}\n"
        "      2: {properties: {map: {additionalProperties: {properties: {inMap: string}}}}}\n",
        ["property-name-case"],
        [
            "5:21 warning pageTitle is not snake_case; rename it to page_title [property-name-case]",
            "9:65 warning inItems is not snake_case; rename it to in_items [property-name-case]",
            "10:66 warning inMap is not snake_case; rename it to in_map [property-name-case]",
        ],
    ),
    # property-name-case: fields of a context are no properties
    ("naming: {properties: {case: snake}}\ntrack: {context: {properties: {userAgent: string}}}", ["property-name-case"], []),
    # property-name-case: a definition that only traits use has traits, whatever uses it on the way
    (
        "naming: {properties: {case: snake}}\n"
        "definitions: {Address: {properties: {postalCode: string}}, Home: {properties: {address: {ref: Address}}}}\n"
        "identify: {traits: {home: {ref: Home}}}",
        ["property-name-case", "trait-name-case"],
        [],
    ),
    # property-name-case: an unused definition holds properties
    (
        "naming: {properties: {case: snake}}\ndefinitions: {Address: {properties: {postalCode: string}}}",
        ["property-name-case"],
        ["5:38 warning postalCode is not snake_case; rename it to postal_code [property-name-case]"],
    ),
    # trait-name-case: traits of identify and of an event
    (
        "naming: {traits: {case: snake}}\nidentify: {traits: {firstName: string}}\nevents: {A: {traits: {lastName: string}}}",
        ["trait-name-case"],
        [
            "5:21 warning firstName is not snake_case; rename it to first_name [trait-name-case]",
            "6:23 warning lastName is not snake_case; rename it to last_name [trait-name-case]",
        ],
    ),
    # event-name-order and event-name-case: one better name for both, which is no mere change of case and left to people
    (
        "naming: {events: {case: title, order: object-action}}\nevents: {share cart: {}}",
        ["event-name-case", "event-name-order"],
        [
            "5:10 warning share cart is not Title Case; rename it to Cart Shared [event-name-case]",
            "5:10 note share cart is not an object and a past-tense action; rename it to Cart Shared [event-name-order]",
        ],
    ),
    # event-name-order: a better name is only shown where one is sure
    (
        "naming: {events: {case: title, order: object-action}}\nevents: {Download: {}, Signed Up: {}}",
        ["event-name-order"],
        ["5:10 note Download is not an object and a past-tense action; say what it happened to, then what happened [event-name-order]"],
    ),
    # event-name-order: not where only a case is agreed
    ("naming: {events: {case: title}}\nevents: {Share Cart: {}}", ["event-name-order"], []),
    # dynamic-name: pages as well, and not what is allowed
    (
        "naming: {events: {allow: [Form 123456 Sent]}}\nevents: {Form 123456 Sent: {}}\npage: {named: {Post 123456: {}}}",
        ["dynamic-name"],
        ["6:16 warning Post 123456 holds a value that changes; rename it to Post and send 123456 as a property [dynamic-name]"],
    ),
    # near-duplicate-event: the name to keep is the one that is written as agreed, whichever comes first
    (
        "naming: {events: {case: title}}\nevents: {lamp lit: {}, Lamp Lit: {}}",
        ["near-duplicate-event"],
        [
            "5:10 warning lamp lit is nearly the same name as Lamp Lit; keep one, and deprecate the other: "
            "status: deprecated, replaced_by: Lamp Lit [near-duplicate-event]"
        ],
    ),
    # near-duplicate-event: three words in another order are another thing
    ("events: {Product Added To List: {}, List Added To Product: {}, Step 1 Viewed: {}, Step 2 Viewed: {}}", ["near-duplicate-event"], []),
    # near-duplicate-property: one object that lists both spellings does so on purpose
    ("events: {A: {properties: {firstName: string, first_name: string}}}", ["near-duplicate-property"], []),
    # near-duplicate-property: what breaks the agreed case is said by another rule
    (
        "naming: {properties: {case: snake}}\nevents: {A: {properties: {spaceId: string}}, B: {properties: {space_id: string}}}",
        ["near-duplicate-property"],
        [],
    ),
    # reserved-name: a type among several is enough
    ("events: {A: {properties: {revenue: {type: [string, number]}, value: {enum: [1, 2]}}}}", ["reserved-name"], []),
    # reserved-name: on a page they are properties like others
    ("page: {properties: {value: string}}", ["reserved-name"], []),
    # spec-event-exists: another spelling of the spec's own name is the plan's business where it agrees on one
    ("naming: {events: {case: snake}}\nevents: {order_completed: {}}", ["spec-event-exists"], []),
    # inconsistent-type: the usual type is the one that most places share
    (
        "events:\n"
        "  A: {properties: {id: string}}\n"
        "  B: {properties: {id: {type: [integer, 'null']}}}\n"
        "  C: {properties: {id: number}}\n"
        "  D: {properties: {id: any}}\n"
        "  E: {properties: {id: {type: string, status: deprecated}}}\n",
        ["inconsistent-type"],
        ["5:20 note id is string here and integer in line 6; make them one type, or give one of them another name [inconsistent-type]"],
    ),
    # looser-than-spec: what is required there, here or where it would be
    (
        "protocols: 1\nplan: p\nversion: 1\nextends: [calls]\n"
        "events: {Segment Consent Preference Updated: {context: {properties: {consent: {required: false}}}}}",
        ["looser-than-spec"],
        ["5:70 warning consent is required by the spec, and not here; write required: true [looser-than-spec]"],
    ),
    (
        "events: {Segment Consent Preference Updated: {}}",
        ["looser-than-spec"],
        ["4:10 warning consent is required by the spec, and not here; write required: true [looser-than-spec]"],
    ),
    # looser-than-spec: narrower is fine, and so is null
    (
        "events: {Order Completed: {properties: {total: {type: integer, nullable: true}, order_id: {enum: [1, 2]}}}}",
        ["looser-than-spec"],
        [],
    ),
    # enum-values: null and values of other types are told apart
    ("events: {A: {properties: {a: {enum: [1, '1', true, null, 'null', a, A a]}}}}", ["enum-values"], []),
    # unanchored-pattern: what is tied at one end, or is more than a list, is a pattern
    (
        "events: {A: {properties: {a: {pattern: '^a|b'}, b: {pattern: 'a.*|b'}, c: {pattern: '^(a|b)'}}}}",
        ["unanchored-pattern"],
        [],
    ),
    # runaway-pattern: where nothing behind the repeat can fail, nothing is tried again
    ("events: {A: {properties: {a: {pattern: '^([a-z]+ ?)*'}}}}", ["runaway-pattern"], []),
    # unportable-pattern: each reason once; an escaped backslash begins no escape
    (
        r"events: {A: {properties: {a: {pattern: '\p{L}\p{N}\cA'}, b: {pattern: '\\p'}}}}",
        ["unportable-pattern"],
        [
            r'4:40 note the pattern "\\p{L}\\p{N}\\cA" cannot be read everywhere: Python does not know `\p`; '
            r"list the letters [unportable-pattern]",
            r'4:40 note the pattern "\\p{L}\\p{N}\\cA" cannot be read everywhere: Python and RE2 do not know `\c`; '
            r"write the character by its code, as in `\x0a` [unportable-pattern]",
        ],
    ),
    # wrong-example: formats count, and the members of an object
    (
        "events:\n"
        "  A:\n"
        "    properties:\n"
        "      a: {type: string, format: email, examples: [ada@example.com, ada]}\n"
        "      b: {type: object, properties: {c: integer}, examples: [{c: x}]}\n",
        ["wrong-example"],
        [
            '7:68 warning the example string "ada" does not satisfy format; mend the example, or the shape [wrong-example]',
            "8:62 warning the example object with 1 member does not satisfy type; mend the example, or the shape [wrong-example]",
        ],
    ),
    # unplanned-in-schema: an open object, and one that describes nothing, plan no names
    (
        "events:\n"
        "  A: {properties: {a: string}, additionalProperties: true, schema: {required: [b]}}\n"
        "  B: {schema: {required: [b]}}\n"
        "  C: {properties: {a: {type: object, schema: {required: [b]}}}}\n",
        ["unplanned-in-schema"],
        [],
    ),
    # unplanned-in-schema: of the value itself, not of values in it
    (
        "events: {A: {properties: {a: string}, schema: {properties: {a: {required: [b]}, c: {}}}}}",
        ["unplanned-in-schema"],
        ["4:81 warning c is known to the raw schema alone; plan it under properties [unplanned-in-schema]"],
    ),
    # unmarked-personal-data: nothing below what is marked, nothing in a context, no objects
    (
        "track: {context: {properties: {ip: string}}}\n"
        "identify: {traits: {contact: {personal: true, properties: {email: string}}, phone: {type: object}}}",
        ["unmarked-personal-data"],
        [],
    ),
    # unmarked-personal-data: said once for a definition, wherever it is used
    (
        "definitions: {Person: {properties: {email: string}}}\n"
        "events: {A: {ref: Person}, B: {ref: Person}, C: {ref: Person, properties: {email: {personal: true}}}}",
        ["unmarked-personal-data"],
        ["4:37 warning email is not marked personal; write personal: true, or false where it is not [unmarked-personal-data]"],
    ),
    # definitions that nothing uses, as in files that others extend, are looked at as well
    (
        "definitions: {Person: {properties: {email: string, code: {pattern: 'a|b', enum: [a, 'a ']}}}}",
        ["unmarked-personal-data", "unanchored-pattern", "enum-values"],
        [
            "4:37 warning email is not marked personal; write personal: true, or false where it is not [unmarked-personal-data]",
            '4:68 warning the pattern "a|b" takes more than the values it lists; write enum: [a, b] [unanchored-pattern]',
            '4:85 warning the value "a " begins or ends in a blank; take the blanks out [enum-values]',
            '4:85 warning the values "a" and "a " are nearly the same; keep one of the two [enum-values]',
        ],
    ),
    # deprecated-successor: a chain without an end is nobody's successor
    ("events: {A: {status: deprecated, replaced_by: B}, B: {status: deprecated}}", ["deprecated-successor"], []),
    # beyond-limits: what reaches a limit is within it
    (
        "limits: {event_name: 4, property_name: 2, properties: 1, depth: 3}\nevents: {Sent: {properties: {ab: {properties: {}}}}}",
        ["beyond-limits"],
        [],
    ),
    # beyond-limits: traits are counted as well
    (
        "limits: {properties: 1}\nidentify: {traits: {a: string, b: string}}",
        ["beyond-limits"],
        ["5:12 error there should be at most 1 trait, got 2; plan fewer, or raise limits: properties [beyond-limits]"],
    ),
    # segment-limits: members of members and of items count
    (
        "events: {A: {properties: {a: {type: array, items: {properties: {"
        + ", ".join(f"p{number}: string" for number in range(300))
        + "}}}}}}",
        ["segment-limits"],
        ["4:14 warning there should be at most 300 properties, nested ones too, got 301; plan at most 300 [segment-limits]"],
    ),
    # segment-limits: events
    (
        "events:\n" + "".join(f"  E{number}: {{}}\n" for number in range(2000)),
        ["segment-limits"],
        ["2004:3 warning there should be at most 1,999 events, got 2,000; split the plan [segment-limits]"],
    ),
    # unused-definition: one that only refers to itself is none in use; a plan without events is there to be extended
    ("definitions: {A: {type: string}}", ["unused-definition"], []),
    (
        "definitions: {A: {ref: B}, B: {type: string}, C: {type: string}}\nevents: {E: {properties: {a: {items: {ref: A}}}}}",
        ["unused-definition"],
        ["4:47 warning nothing refers to the definition C; use it, or take it out [unused-definition]"],
    ),
    # missing-owner: the plan's own owners, or those of a call, answer for all
    ("owners: [a@b.example]\nevents: {A: {}}", ["missing-owner"], []),
    ("track: {owners: [a@b.example]}\nevents: {A: {}}", ["missing-owner"], []),
    # missing-description: of a page as well
    (
        "page: {named: {Home: {}}}",
        ["missing-description"],
        ["4:16 note Home has no description; say when it is sent [missing-description]"],
    ),
    # odd-name: what is removed was written by others
    ("extends: [ecommerce]\nevents: {Cart Viewed: removed}", ["odd-name"], []),
]


@pytest.mark.parametrize(("text", "rules", "said"), FINDINGS)
def test_what_is_found(text, rules, said):
    assert found(text, *rules) == said


FILES = [
    # names that bundled plans bring are nobody's fault, those of one's own are, in the very same event
    (
        {
            "plan.yaml": "protocols: 1\nplan: p\nversion: 1\nextends: [ecommerce]\n"
            "naming: {events: {case: snake}, properties: {case: camel}}\n"
            "events: {Product Viewed: {properties: {product_id: {required: true}, shop_id: string}}}\n"
        },
        ["plan.yaml"],
        ["plan.yaml:6:70 warning shop_id is not camelCase; rename it to shopId [property-name-case]"],
    ),
    # nor are they said of a file that is called like a bundled plan
    (
        {
            "plans/ecommerce.yaml": "protocols: 1\nplan: p\nversion: 1\nextends: [ecommerce]\nnaming: {events: {case: snake}}\n"
            "events: {Order Completed: {properties: {total: string}}}\n"
        },
        ["plans/ecommerce.yaml"],
        [
            "plans/ecommerce.yaml:6:48 warning total takes string, and the spec number; "
            "take number, as the spec does, or give it another name [looser-than-spec]"
        ],
    ),
    # files that are extended and not named are read and not judged
    (
        {
            "plan.yaml": "protocols: 1\nplan: p\nversion: 1\nextends: [./part.yaml]\nnaming: {events: {case: snake}}\n",
            "part.yaml": "protocols: 1\nevents: {Order Paid: {}}\n",
        },
        ["plan.yaml"],
        [],
    ),
    # a part is judged by what its plan agrees on, whichever is named first
    (
        {
            "plan.yaml": "protocols: 1\nplan: p\nversion: 1\nextends: [./part.yaml]\nnaming: {events: {case: snake}}\n",
            "part.yaml": "protocols: 1\nevents: {Order Paid: {}}\n",
        },
        ["part.yaml", "plan.yaml"],
        ["part.yaml:2:10 warning Order Paid is not snake_case; rename it to order_paid [event-name-case]"],
    ),
    # a part by itself may refer to what others bring
    ({"part.yaml": "protocols: 1\nevents: {Order Paid: {ref: Order}}\n"}, ["part.yaml"], []),
    # a plan that is wrong gets its mistakes, wherever they are, and the others their findings
    (
        {
            "plan.yaml": "protocols: 1\nplan: p\nversion: 1\nextends: [./part.yaml]\ndefinitions: {A: {type: string}}\nevents: {B: {}}\n",
            "part.yaml": "protocols: 1\nevnts: {}\n",
            "other.yaml": "protocols: 1\nplan: o\nversion: 1\ndefinitions: {A: {type: string}}\nevents: {B: {}}\n",
        },
        ["plan.yaml", "other.yaml"],
        [
            "other.yaml:4:15 warning nothing refers to the definition A; use it, or take it out [unused-definition]",
            "part.yaml:2:1 error unknown key evnts in the plan; did you mean events? [plan/unknown-key]",
        ],
    ),
]


@pytest.mark.parametrize(("files", "looked_at", "said"), FILES)
def test_whose_files_are_judged(files, looked_at, said):
    rules = ("event-name-case", "property-name-case", "looser-than-spec", "unused-definition")
    assert found_in(files, looked_at, *rules) == said
