"""Plans that extend others: what they inherit, and what goes wrong on the way. Each row is a small folder of files."""

from __future__ import annotations

import hashlib

import pytest

from protocols.errors import PlanError
from protocols.plan import bundled, library, load_plan, load_text

ROOT = "protocols: 1\nplan: p\nversion: 1\n"
PART = "protocols: 1\n"

SHOP = """protocols: 1
definitions:
  Money: {type: number, minimum: 0}
  Product: {properties: {price: {ref: Money}}}
  Unused: string
events:
  Viewed: {ref: Product}
  Bought:
    description: Paid.
    properties:
      id: {type: string, required: true, maxLength: 9}
      kind: {enum: [a, b]}
      total: {ref: Money}
  Purchased: {status: deprecated, replaced_by: Bought}
  Got: {status: deprecated, replaced_by: Bought, properties: {id: string}}
identify: {traits: {email: string}}
naming: {events: {case: title}}
limits: {depth: 3}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Writes files into an empty working folder; `shop` is the only bundled plan."""
    plans = tmp_path / "lib" / "plans"
    plans.mkdir(parents=True)
    (plans / "shop.yaml").write_text(SHOP, encoding="utf-8")
    monkeypatch.setattr(library, "_FOLDERS", (tmp_path / "nowhere", plans))
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)

    def write(files):
        for name, content in files.items():
            path = work / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())

    return write


def members(plan, event):
    """Name -> (keywords, required, place) of an event's properties."""
    shape = plan.events[event].bodies[None].properties
    return {name: (dict(part.keywords), part.required, str(part.position)) for name, part in shape.properties.items()}


GOOD = [
    # a bundled plan, by its bare name
    (
        {"p.yaml": ROOT + "extends: [shop]\n"},
        lambda p: (list(p.events), str(p.events["Bought"].position), [file.path for file in p.files], list(p.definitions)),
        (["Viewed", "Bought", "Purchased", "Got"], "plans/shop.yaml:8:3", ["p.yaml", "plans/shop.yaml"], ["Money", "Product", "Unused"]),
    ),
    # what is inherited and what is not
    (
        {"p.yaml": ROOT + "extends: [shop]\n"},
        lambda p: (list(p.sections["identify"].body.traits.properties), p.naming["events"].cases, p.limits.depth, p.description),
        (["email"], ("title",), 64, None),
    ),
    # by key at every depth; scalars and lists replace; every part keeps its place
    (
        {
            "p.yaml": ROOT
            + "extends: [shop]\nevents:\n  Bought:\n    properties:\n      id: {required: false, maxLength: 5}\n"
            + "      kind: {enum: [c]}\n      total: integer\n      more: string\n"
        },
        lambda p: (members(p, "Bought"), p.events["Bought"].description, str(p.events["Bought"].position)),
        (
            {
                "id": ({"type": ["string"], "maxLength": 5}, False, "p.yaml:8:7"),
                "kind": ({"enum": ["c"]}, False, "p.yaml:9:7"),
                "total": ({"type": ["integer"], "minimum": 0}, False, "p.yaml:10:7"),
                "more": ({"type": ["string"]}, False, "p.yaml:11:7"),
            },
            "Paid.",
            "p.yaml:6:3",
        ),
    ),
    # a keyword that is inherited points to the line that says it
    (
        {"p.yaml": ROOT + "extends: [shop]\nevents: {Bought: {properties: {id: {maxLength: 5}}}}\n"},
        lambda p: {key: str(at) for key, at in p.events["Bought"].bodies[None].properties.properties["id"].positions.items()},
        {"type": "plans/shop.yaml:11:12", "required": "plans/shop.yaml:11:26", "maxLength": "p.yaml:5:37"},
    ),
    # a definition changed in one place changes all that refers to it
    (
        {"p.yaml": ROOT + "extends: [shop]\ndefinitions: {Money: {maximum: 10}}\n"},
        lambda p: members(p, "Viewed"),
        {"price": ({"type": ["number"], "minimum": 0, "maximum": 10}, False, "plans/shop.yaml:4:26")},
    ),
    # events and properties taken out, also one that only a definition brings
    (
        {
            "p.yaml": ROOT
            + "extends: [shop]\nevents: {Bought: {properties: {kind: removed, total: removed}}, Viewed: {properties: {price: removed}},"
            + " Purchased: removed, Got: removed}\n"
        },
        lambda p: (list(p.events), list(members(p, "Bought")), members(p, "Viewed")),
        (["Viewed", "Bought"], ["id"], {}),
    ),
    # definitions and sections taken out
    (
        {"p.yaml": ROOT + "extends: [shop]\ndefinitions: {Unused: removed}\nidentify: removed\n"},
        lambda p: (list(p.definitions), list(p.sections)),
        (["Money", "Product"], ["track"]),
    ),
    # taken out and written anew further down: nothing of the old one is left
    (
        {
            "base.yaml": PART + "extends: [shop]\nevents: {Bought: {properties: {id: removed}}}\n",
            "p.yaml": ROOT + "extends: [base.yaml]\nevents: {Bought: {properties: {id: {type: integer}}}}\n",
        },
        lambda p: members(p, "Bought")["id"],
        ({"type": ["integer"]}, False, "p.yaml:5:32"),
    ),
    # files, relative to the file that names them; folders; globs in the order of names
    (
        {
            "plans/p.yaml": ROOT + "extends: [../other.yml, ./parts/, more/*.yaml]\n",
            "other.yml": PART + "extends: [plans/deep.yaml]\nevents: {O: {}}\n",
            "plans/deep.yaml": PART + "events: {Deep: {}}\n",
            "plans/parts/b.yaml": PART + "events: {B: {}}\n",
            "plans/parts/a.yml": PART + "events: {A: {}}\n",
            "plans/parts/notes.txt": "nothing",
            "plans/parts/.hidden.yaml": "nothing",
            "plans/more/z.yaml": PART + "events: {Z: {}}\n",
            "plans/more/y.yaml": PART + "events: {Y: {}}\n",
        },
        lambda p: (list(p.events), [file.path for file in p.files]),
        (
            ["Deep", "O", "A", "B", "Y", "Z"],
            [
                "plans/p.yaml",
                "other.yml",
                "plans/deep.yaml",
                "plans/parts/a.yml",
                "plans/parts/b.yaml",
                "plans/more/y.yaml",
                "plans/more/z.yaml",
            ],
        ),
    ),
    # a file's own folder is all the others in it
    (
        {"plans/p.yaml": ROOT + "extends: ['./']\n", "plans/a.yaml": PART + "events: {A: {}}\n"},
        lambda p: list(p.events),
        ["A"],
    ),
    # only some events, and the definitions they use in turn
    (
        {"p.yaml": ROOT + "extends:\n  - shop: [Viewed]\n"},
        lambda p: (list(p.events), list(p.definitions), list(p.sections), p.naming),
        (["Viewed"], ["Money", "Product"], ["track"], {}),
    ),
    # some events of a folder
    (
        {
            "p.yaml": ROOT + "extends:\n  - parts/: [B, A]\n",
            "parts/a.yaml": PART + "events: {A: {}, X: {}}\n",
            "parts/b.yaml": PART + "events: {B: {}, Y: {}}\n",
        },
        lambda p: list(p.events),
        ["A", "B"],
    ),
    # a successor that was not selected is still known, as the event is checked by its own body
    (
        {"p.yaml": ROOT + "extends:\n  - shop: [Got]\n"},
        lambda p: (list(p.events), p.events["Got"].replaced_by),
        (["Got"], "Bought"),
    ),
    # two plans may bring the same thing
    (
        {
            "p.yaml": ROOT + "extends: [a.yaml, b.yaml]\n",
            "a.yaml": PART + "extends: [shop]\nevents: {A: {properties: {x: string}}}\n",
            "b.yaml": PART + "extends: [shop]\nevents: {A: {properties: {x: string}}}\n",
        },
        lambda p: (list(p.events), [file.path for file in p.files]),
        (["Viewed", "Bought", "Purchased", "Got", "A"], ["p.yaml", "a.yaml", "plans/shop.yaml", "b.yaml"]),
    ),
    # and each their own part of a section
    (
        {
            "p.yaml": ROOT + "extends: [a.yaml, b.yaml]\n",
            "a.yaml": PART + "identify: {description: A, traits: {a: string}, context: {properties: {a: string}}}\n",
            "b.yaml": PART + "identify: {description: B, traits: {b: string}, context: {properties: {b: string}}}\n",
        },
        lambda p: (list(p.sections["identify"].body.traits.properties), list(p.sections["identify"].body.context.properties)),
        (["a", "b"], ["a", "b"]),
    ),
    # where they differ, the file itself settles it: by the keyword, by taking the thing out
    (
        {
            "p.yaml": ROOT + "extends: [a.yaml, b.yaml]\nevents: {A: {properties: {x: {maxLength: 3}}}, B: removed}\n",
            "a.yaml": PART + "events: {A: {properties: {x: {maxLength: 1}}}, B: {properties: {x: string}}}\n",
            "b.yaml": PART + "events: {A: {properties: {x: {maxLength: 2}}}, B: {properties: {x: number}}}\n",
        },
        lambda p: (list(p.events), members(p, "A")),
        (["A"], {"x": ({"maxLength": 3}, False, "p.yaml:5:27")}),
    ),
    # raw schemas merge by key, values in them are replaced
    (
        {
            "p.yaml": ROOT + "extends: [a.yaml]\nevents: {A: {schema: {minProperties: 2, properties: {x: {const: {b: 2}}}}}}\n",
            "a.yaml": PART + "events: {A: {schema: {maxProperties: 3, properties: {x: {const: {a: 1}, type: object}}}}}\n",
        },
        lambda p: p.events["A"].bodies[None].properties.raw.schema,
        {"maxProperties": 3, "minProperties": 2, "properties": {"x": {"const": {"b": 2}, "type": "object"}}},
    ),
    # a raw schema over every call is inherited, as the sections are
    (
        {"p.yaml": ROOT + "extends: [a.yaml]\n", "a.yaml": PART + "payload: {required: [messageId]}\n"},
        lambda p: [str(raw.position) for raw in p.sections["track"].body.payloads],
        ["a.yaml:2:1"],
    ),
    # versions merge by number
    (
        {
            "p.yaml": ROOT + "extends: [a.yaml]\nevents: {A: {versions: {1: removed, 2: {properties: {x: {maxLength: 2}}}, 3: {}}}}\n",
            "a.yaml": PART + "events: {A: {versions: {1: {}, 2: {properties: {x: string}}}}}\n",
        },
        lambda p: {number: body.properties and list(body.properties.properties) for number, body in p.events["A"].bodies.items()},
        {2: ["x"], 3: None},
    ),
    # a name with odd characters is a path as soon as it has a slash
    (
        {"p.yaml": ROOT + "extends: ['./a [1] é.yaml']\n", "a [1] é.yaml": PART + "events: {A: {}}\n"},
        lambda p: list(p.events),
        ["A"],
    ),
]


@pytest.mark.parametrize(("files", "read", "expected"), GOOD)
def test_what_is_inherited(folder, files, read, expected):
    folder(files)
    assert read(load_plan(next(name for name in files if name.endswith("p.yaml")))) == expected


BAD = [
    # a file that is not there, with one that may have been meant
    ({"else.yaml": ROOT}, ["p.yaml:1:1: error: there is no file p.yaml [plan/missing-file]"]),
    ({"p.yml": ROOT}, ["p.yaml:1:1: error: there is no file p.yaml; did you mean p.yml? [plan/missing-file]"]),
    # a folder
    ({"p.yaml/a.yaml": ROOT}, ["p.yaml:1:1: error: p.yaml is a folder; name a plan file [plan/unreadable-file]"]),
    # another encoding
    (
        {"p.yaml": ROOT.encode() + b"# \xe9t\xe9\nx-\xe4: 1\n"},
        ["p.yaml:4:3: error: a plan file is UTF-8, and the byte 0xe9 is not; save it as UTF-8 [plan/not-utf-8]"],
    ),
    (
        {"p.yaml": ROOT.encode("utf-16")},
        ["p.yaml:1:1: error: a plan file is UTF-8, and the byte 0xff is not; save it as UTF-8 [plan/not-utf-8]"],
    ),
    # a file beyond the stated size
    (
        {"p.yaml": "#" * 8_388_609},
        ["p.yaml:1:1: error: p.yaml is larger than a plan file may be, 8,388,608 bytes [plan/file-too-large]"],
    ),
    # faults of all files at once, in the order of reading
    (
        {
            "p.yaml": ROOT + "extends: [./parts/a.yaml, ./parts/gone.yaml, shopp]\nevnts: {}\n",
            "parts/a.yaml": "extends: [./b.yaml]\nevents: {A: {properties: {x: strng}}}\n",
            "parts/b.yaml": PART + "events:\n  A: [\n",
        },
        [
            "p.yaml:4:27: error: there is no file parts/gone.yaml [plan/missing-file]",
            "p.yaml:4:46: error: no bundled plan is called shopp; did you mean shop? [plan/missing-file]",
            "p.yaml:5:1: error: unknown key evnts in the plan; did you mean events? [plan/unknown-key]",
            "parts/a.yaml:1:1: error: the plan should say protocols, and does not; write protocols: 1 at its top [plan/missing-key]",
            "parts/a.yaml:2:30: error: x should be a type such as string, or a mapping such as {type: string}, or removed, "
            'got string "strng"; did you mean string? [plan/unknown-word]',
            "parts/b.yaml:4:1: error: a value was expected here; take out the comma or bracket that is too many [plan/bad-yaml]",
        ],
    ),
    # a file that extends itself
    (
        {"p.yaml": ROOT + "extends: [./p.yaml]\n"},
        ["p.yaml:4:11: error: p.yaml extends this file in turn; take one of the two out [plan/cycle]"],
    ),
    # files in a circle
    (
        {
            "p.yaml": ROOT + "extends: [a/a.yaml]\n",
            "a/a.yaml": PART + "extends: [../b.yaml]\n",
            "b.yaml": PART + "extends: [a/a.yaml]\n",
        },
        ["b.yaml:2:11: error: a/a.yaml extends this file in turn; take one of the two out [plan/cycle]"],
    ),
    # a folder and a glob with nothing in it
    (
        {"p.yaml": ROOT + "extends: [./empty/, 'no/*.yaml', ./]\n", "empty/notes.txt": ""},
        [
            "p.yaml:4:11: error: the folder empty holds no other plan file; plan files end in .yaml or .yml [plan/no-plan-files]",
            "p.yaml:4:21: error: no/*.yaml holds no other plan file; plan files end in .yaml or .yml [plan/no-plan-files]",
            "p.yaml:4:34: error: the folder . holds no other plan file; plan files end in .yaml or .yml [plan/no-plan-files]",
        ],
    ),
    # a name that can be no file
    (
        {"p.yaml": ROOT + 'extends: ["./a\\0.yaml"]\n'},
        ['p.yaml:4:11: error: no file can have the name "a\\u0000.yaml" [plan/missing-file]'],
    ),
    # entries of the wrong form beside a right one
    (
        {"p.yaml": ROOT + "extends: [5, [a], {a: [x], b: [y]}, {c: x}, '', {shop: []}, shop]\nevents: {Bought: {ref: Gone}}\n"},
        [
            "p.yaml:4:11: error: no bundled plan is called 5; write ./5.yaml for a file of your own; bundled are shop [plan/missing-file]",
            "p.yaml:4:14: error: item 2 of extends should be a plan by name or path, or one with a list of events, such as video: "
            "[Video Playback Started], got array of 1 item [plan/wrong-type]",
            "p.yaml:4:19: error: item 3 of extends should be a plan by name or path, or one with a list of events, such as video: "
            "[Video Playback Started], got object with 2 members; begin a list item for each plan [plan/wrong-type]",
            'p.yaml:4:41: error: c should be a list of event names, got string "x" [plan/wrong-type]',
            "p.yaml:4:45: error: item 5 of extends should be a plan by name or path, or one with a list of events, such as video: "
            "[Video Playback Started], got an empty text [plan/blank-value]",
            "p.yaml:4:56: error: shop should be a list of event names, got an empty list [plan/wrong-type]",
        ],
    ),
    # selected events that are not there
    (
        {"p.yaml": ROOT + "extends:\n  - shop: [Bougt, Something Else, Viewed]\n"},
        [
            "p.yaml:5:12: error: shop has no event Bougt; did you mean Bought? [plan/unknown-event]",
            "p.yaml:5:19: error: shop has no event Something Else [plan/unknown-event]",
        ],
    ),
    # what was not selected is not there
    (
        {"p.yaml": ROOT + "extends:\n  - shop: [Viewed]\nevents: {A: {ref: Unused}, Bought: removed}\n"},
        [
            "p.yaml:6:19: error: there is no definition Unused; write it under definitions [plan/unknown-ref]",
            "p.yaml:6:36: error: Bought is inherited from nowhere, so nothing is removed [plan/nothing-removed]",
        ],
    ),
    # an event that is checked as one that is gone
    (
        {"p.yaml": ROOT + "extends:\n  - shop: [Purchased]\n"},
        [
            "plans/shop.yaml:14:48: error: Purchased is checked as Bought, which was removed or not selected; "
            "take that in as well, or this one out [plan/unknown-successor]"
        ],
    ),
    (
        {"p.yaml": ROOT + "extends: [shop]\nevents: {Bought: removed}\n"},
        [
            "plans/shop.yaml:14:48: error: Purchased is checked as Bought, which was removed or not selected; "
            "take that in as well, or this one out [plan/unknown-successor]"
        ],
    ),
    # a definition that was removed and is still used
    (
        {"p.yaml": ROOT + "extends: [shop]\ndefinitions: {Money: removed}\nevents: {Bought: {properties: {total: removed}}}\n"},
        ["plans/shop.yaml:4:39: error: there is no definition Money any more; write it under definitions [plan/unknown-ref]"],
    ),
    # two siblings, different content
    (
        {
            "p.yaml": ROOT + "extends:\n  - a.yaml\n  - b.yaml\nevents: {B: {description: Mine.}}\n",
            "a.yaml": PART + "events:\n  A: {properties: {x: string}}\n  B: {properties: {x: string}}\nidentify: {traits: {t: string}}\n",
            "b.yaml": PART + "events:\n  A: {properties: {y: string}}\n  B: {properties: {x: number}}\nidentify: {traits: {t: number}}\n",
        },
        [
            "p.yaml:6:5: error: A has one content at a.yaml:3:3 and another at b.yaml:3:3; write it in this file to settle it "
            "[plan/sibling-conflict]",
            "p.yaml:6:5: error: x has one content at a.yaml:4:20 and another at b.yaml:4:20; write it in this file to settle it "
            "[plan/sibling-conflict]",
            "p.yaml:6:5: error: t has one content at a.yaml:5:21 and another at b.yaml:5:21; write it in this file to settle it "
            "[plan/sibling-conflict]",
        ],
    ),
    # a contradiction that only the merged plan has, at the line that was written over the other
    (
        {"p.yaml": ROOT + "extends: [shop]\ndefinitions: {Money: {maximum: -1}}\n"},
        ["p.yaml:5:23: error: maximum -1 excludes minimum 0 (plans/shop.yaml:3:25), so no number fits [plan/contradiction]"],
    ),
    # files in a long row
    (
        {
            "p.yaml": ROOT + "extends: [./0.yaml]\n",
            **{f"{i}.yaml": PART + f"extends: [./{i + 1}.yaml]\n" for i in range(60)},
            "60.yaml": PART,
        },
        ["48.yaml:2:11: error: plans may extend each other 50 files deep, and this is one more [plan/too-deep]"],
    ),
]


@pytest.mark.parametrize(("files", "said"), BAD)
def test_what_goes_wrong(folder, files, said):
    folder(files)
    with pytest.raises(PlanError) as caught:
        load_plan("p.yaml")
    assert [str(problem) for problem in caught.value.problems] == said


def test_files_come_with_their_digest(folder):
    folder({"p.yaml": ROOT + "extends: [shop]\n"})
    assert [file.sha256 for file in load_plan("p.yaml").files] == [
        hashlib.sha256((ROOT + "extends: [shop]\n").encode()).hexdigest(),
        hashlib.sha256(SHOP.encode()).hexdigest(),
    ]


def test_a_text_is_the_file_that_it_would_be(folder, tmp_path):
    text = ROOT + "extends: [./a.yaml]\n"
    folder({"sub/p.yaml": text, "sub/a.yaml": PART + "events: {A: {properties: {x: string}}}\n"})
    assert load_text(text, "sub/p.yaml") == load_plan("sub/p.yaml")
    absolute = load_plan(tmp_path / "work" / "sub" / "p.yaml")
    assert str(absolute.events["A"].position) == f"{(tmp_path / 'work').as_posix()}/sub/a.yaml:2:10"


def test_bundled_plans_are_found_and_sound():
    plans = bundled()
    assert list(plans) == sorted(plans)
    for name, path in plans.items():
        text = f"protocols: 1\nplan: p\nversion: 1\nextends: [{name}]\n"
        plan = load_text(text)
        assert [file.path for file in plan.files[:2]] == ["plan.yaml", f"plans/{path.name}"]  # then those that this one extends
        assert load_plan(path).name == name


def test_all_bundled_plans_go_together():
    plan = load_text("protocols: 1\nplan: p\nversion: 1\nextends:\n" + "".join(f"  - {name}\n" for name in bundled()))
    assert len(plan.files) == len(bundled()) + 1
