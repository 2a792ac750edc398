"""The envelope is checked by code, for better words; the compiled schemas say the same in JSON Schema. They must agree."""

import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.engine.envelope import normalise
from protocols.plan.model import Limits
from protocols.problems import Severity
from protocols.schema.envelope import envelope
from protocols.violations import CALLS, KINDS

VALUES = st.none() | st.booleans() | st.integers(-3, 3) | st.floats(-2, 2) | st.sampled_from(["", "x", "2024-01-15T10:30:00Z", "soon"])
ANY = VALUES | st.just([]) | st.just({}) | st.just({"a": 1})
FIELDS = [
    *("event", "userId", "anonymousId", "groupId", "previousId", "messageId", "name", "category"),
    *("timestamp", "sentAt", "originalTimestamp", "receivedAt", "properties", "traits", "context", "integrations"),
    *("user_id", "anonymous_id", "group_id", "extra"),
]
PAYLOADS = st.fixed_dictionaries({"type": st.sampled_from(CALLS)}, optional=dict.fromkeys(FIELDS, ANY))
SCHEMA = jsonschema.Draft202012Validator(envelope(Limits()))


@settings(max_examples=1500, deadline=None)
@given(PAYLOADS)
def test_code_and_schema_agree(payload):
    found = normalise(payload)
    errors = [f.id for f in found.findings if (f.severity or KINDS[f.id].severity) is Severity.error and f.id != "type/wrong-type"]
    assert (errors == []) == SCHEMA.is_valid(found.payload), errors
    assert found.broken == {f.path[0] for f in found.findings if f.id == "type/wrong-type"}
