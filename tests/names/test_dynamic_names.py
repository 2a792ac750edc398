"""The part of a name that varies, and what only looks like one."""

import pytest

from protocols import names

VARYING = [
    # (name, the part that varies)
    ("Viewed Product 123", "123"),
    ("Order 8f14e45f Completed", "8f14e45f"),
    ("page_view_2024_01_15", "2024_01_15"),
    ("Report 15.01.2024 Downloaded", "15.01.2024"),
    ("User Signed Up (11-01-2019)", "11-01-2019"),
    ("report_20240115", "20240115"),
    ("clicks_2024-01", "2024-01"),
    ("Report 2024-Q1 Downloaded", "2024-Q1"),
    ("revenue_q3_2024", "q3_2024"),
    ("Black Friday 2024 Clicked", "2024"),
    ("experiment_41234", "41234"),
    ("question42981", "42981"),
    ("user_5f3a9c2e", "5f3a9c2e"),
    ("user_5F3A9C2E8B1D4F6A7C9E0B12", "5F3A9C2E8B1D4F6A7C9E0B12"),
    ("answer_3fa85f64-5717-4562-b3fc-2c963f66afa6", "3fa85f64-5717-4562-b3fc-2c963f66afa6"),
    ("rs_1YwenhuqVMybvb7zC1c0OEAP6Cj", "1YwenhuqVMybvb7zC1c0OEAP6Cj"),
    ("cus_NffrFeUfNV2Hib", "NffrFeUfNV2Hib"),
    ("cjld2cjxh0000qzrmn831i7rn", "cjld2cjxh0000qzrmn831i7rn"),
    ("Invite Sent to ada@example.com", "ada@example.com"),
    ("Page https://example.com/a?b=1 Viewed", "https://example.com/a?b=1"),
    ("Page Viewed /pricing/teams", "/pricing/teams"),
    ("session_10.0.0.1", "10.0.0.1"),
    ("items[0]", "[0]"),
    ("products.0.price", "0"),
    ("Goal 10,000 Reached", "10,000"),
    ("Button ${label} Clicked", "${label}"),
    ("{{event}} Clicked", "{{event}}"),
    ("<Event Name>", "<Event Name>"),
    ("Clicked %s", "%s"),
    ("Clicked [object Object]", "[object Object]"),
    # honest: one or two digits
    ("Step 2 Completed", None),
    ("level_5", None),
    ("address_2", None),
    ("line1", None),
    ("Top 10 Viewed", None),
    ("TestEvent001", None),
    # digits with letters of their own
    ("OAuth2 Enabled", None),
    ("401k Enrolled", None),
    ("2FA Enabled", None),
    ("sha256", None),
    ("h264", None),
    ("mp3_downloaded", None),
    ("B2B Signup", None),
    ("1080p Selected", None),
    ("x86_64", None),
    ("base64Encoded", None),
    ("ga4ClientIdV2", None),
    ("addressLine1Address2", None),
    ("iso8601_time", None),
    ("banner_300x250", None),
    # versions
    ("Checkout v2 Started", None),
    ("app_2.10.0", None),
    ("Version 16.4.1234 Installed", None),
    # famous numbers and amounts
    ("Top 100 Viewed", None),
    ("Error 404 Seen", None),
    ("Office 365 Connected", None),
    ("Form 1040 Downloaded", None),
    ("last_180_days", None),
    ("response_time_500ms", None),
    # letters that could be digits of a hexadecimal number
    ("Deadbeef Facade Viewed", None),
    ("Face2Face Booked", None),
    # punctuation that is none of these
    ("Discount 50% Shown", None),
    ("A/B Test Viewed", None),
    ("Cart < 5 Items", None),
    ("utm_source", None),
    ("@path", None),
    ("", None),
    ("製品閲覧", None),
]


@pytest.mark.parametrize(("name", "part"), VARYING)
def test_dynamic_part(name, part):
    assert names.dynamic_part(name) == part


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Viewed Product 123", ["Viewed", "Product"]),
        ("user_5f3a9c2e_clicked_2024_01_15", ["user", "clicked"]),
        ("User Signed Up (11-01-2019)", ["User", "Signed", "Up"]),
        ("ada@example.com", []),
        ("Article Shared", ["Article", "Shared"]),
    ],
)
def test_without_dynamic_part(name, words):
    assert names.words(names.without_dynamic_part(name)) == words
