"""Cases: how the words of a name are written, told exactly, and a name written in another case.

A name is cut into words at separators, at blanks and where lower case turns into upper case, but not inside a brand
(`iPhone`) nor inside an acronym with a digit (`2FA`, `B2B`); two names with the same words are one name written in two
ways (`productId`, `product_id`, `Product ID`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

SMALL_WORDS = frozenset({"a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "via", "with"})

_OWN_SPELLING = """
    2FA 3D AI API APIs AWS B2B B2C CEO CI CPU CRM CSS CSV CTA DNS EU FAQ FAQs FTP GDPR GIF GPS GPT GPU GraphQL HTML HTTP
    HTTPS ID IDs IP ISO JPEG JPG JSON JWT KPI KYC LLM ML MFA MP3 MP4 NFC NFT NPS OTP PDF PIN PNG POS QR RSS SAML SDK SEO SKU
    SKUs SLA SMS SQL SSH SSL SSO TV UI UK UPI URI URL URLs US USB USD UTM UUID UX VAT VIP VPN WiFi XML YAML ZIP
    AdWords AirPods AliPay AppleTV DuckDuckGo eBay eBook eBooks FaceID FaceTime GitHub GitLab HubSpot iCloud iMessage iOS
    iPad iPadOS iPhone iPod iTunes JavaScript LinkedIn macOS MailChimp MasterCard MongoDB MySQL NodeJS OAuth OAuth2 OneDrive
    OnePlus OpenAI PayPal PostgreSQL PowerPoint QuickBooks SalesForce ShareThis SnapChat SoundCloud StackOverflow SurveyMonkey
    a11y Amazon Android Facebook Google h264 h265 i18n Instagram k8s l10n Microsoft Shopify Spotify Twitter
    TikTok TouchID TripAdvisor tvOS TypeScript watchOS WeChat WhatsApp WooCommerce WordPress YouTube
"""
SPELLED: dict[str, str] = {word.casefold(): word for word in _OWN_SPELLING.split()}
"""Acronyms and brands as they are written in running text, by their letters in lower case."""

_BRANDS = frozenset(folded for folded, word in SPELLED.items() if not word.rstrip("s").isupper())
_BLEND = frozenset({"sign", "signed", "log", "logged", "opt", "opted", "check", "checked", "plug", "plugged", "turn", "turned"})
"""Verbs that make one verb with the small word behind them: `Sign In Clicked` begins both words with a capital."""

_SEPARATORS = re.compile(r"[\W_]+")
_CAPITAL, _SMALL = "[A-ZÀ-ÖØ-Þ]", r"[^\W\d_A-ZÀ-ÖØ-Þ]"
_HUMPS = re.compile(
    rf"(?<={_SMALL})(?={_CAPITAL})|(?<={_SMALL}[0-9])(?={_CAPITAL})|(?<=[0-9])(?={_CAPITAL}{_SMALL})"
    rf"|(?<={_CAPITAL})(?={_CAPITAL}(?!s(?!{_SMALL})){_SMALL})"
)


class Case(NamedTuple):
    """One way to write a name: what it is called in a sentence, whether a name is written so, and how to write words so."""

    noun: str
    fits: Callable[[str], bool]
    write: Callable[[Sequence[str]], str]


def words(name: str) -> list[str]:
    """The words of a name as written: `productIDs v2` gives `["product", "IDs", "v2"]`, `iOSAppOpened` three words too."""
    return [word for part in _SEPARATORS.split(name) if part for word in _parts(part)]


def _parts(text: str) -> list[str]:
    """The words of a text without separators. Humps inside a brand are joined again."""
    if text.islower() or text.isupper() or text.casefold() in _BRANDS:
        return [text]
    parts: list[str] = []
    for part in _HUMPS.split(text):
        if parts and (parts[-1] + part).casefold() in _BRANDS:
            parts[-1] += part
        else:
            parts.append(part)
    return parts


def fold(name: str) -> str:
    """What two spellings of one name share: its letters and digits in lower case, without any separator."""
    return _SEPARATORS.sub("", name).casefold()


def is_written_in(name: str, case: str) -> bool:
    """Whether `name` is written in the case of that name in `CASES`; the rule of each stands with its function below.

    Letters that know no case (digits, Chinese) fit any, acronyms and brands may stay as they are where the case has
    capitals at all (`URL Copied`, `productID`, `iOS App Opened`), and a name of nothing is in no case.
    """
    return CASES[case].fits(name)


def rewrite(name: str, case: str) -> str:
    """`name` written in a case: `rewrite("productId", "snake") == "product_id"`."""
    return write(words(name.lower() if _shouts(name) else name), case)


def write(words: Sequence[str], case: str) -> str:
    """These words as one name in a case."""
    return CASES[case].write(words)


def case_of(name: str) -> str | None:
    """The first case of `CASES` that `name` is written in."""
    return next((case for case in CASES if is_written_in(name, case)), None)


# What is written in a case.


def _is_title(name: str) -> bool:
    """Words stand between single blanks; each begins with a capital or a digit, small words (`to`, `of`) need not, unless
    first or last. Brands begin as they like (`iPhone`: capitals further on), versions too (`v2`). Capitals alone are another
    case.
    """
    written = name.split(" ")
    last = len(written) - 1
    return (
        _is_spaced(name)
        and not _shouts(name)
        and all(_begins_high(word) or (0 < at < last and word in SMALL_WORDS) for at, word in enumerate(written))
    )


def _is_sentence(name: str) -> bool:
    """As a title, but only the first word, acronyms and brands have capitals."""
    first, *others = name.split(" ")
    return _is_spaced(name) and not _shouts(name) and _begins_high(first) and all(word.islower() or _is_own(word) for word in others)


def _is_spaced(name: str) -> bool:
    """Whether nothing but single blanks keeps words apart; hyphens may join two (`Opt-In`)."""
    return bool(_SPACED.fullmatch(name)) and (" " in name or "-" in name or len(words(name)) == 1)


def _begins_high(word: str) -> bool:
    letter = next((character for character in word if character.isalnum()), "")
    return not letter.islower() or _is_own(word)


def _is_own(word: str) -> bool:
    """Whether a word has a spelling of its own: an acronym, a brand, a version, or no letters that know a case."""
    return (
        not any(map(str.islower, word))
        or any(map(str.isupper, word[1:]))
        or SPELLED.get(word.casefold()) == word
        or bool(_VERSION.fullmatch(word))
    )


def _shouts(name: str) -> bool:
    """Whether a name is all capitals, too long for an acronym, and not made of known ones."""
    return name.isupper() and len(name) > 5 and any(len(word) > 1 and word.casefold() not in SPELLED for word in _WORD.findall(name))


def _has_no(test: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda text: not any(map(test, text))


_not_upper, _not_lower = _has_no(str.isupper), _has_no(str.islower)
_WORD = re.compile(r"[^\W\d_]+")
_VERSION = re.compile(r"v[0-9.]+")
_SPACED = re.compile(r"(?:[^\W_]|[^\w\s]+[^\W_])[^\s_]*(?: [^\s_]+)*")
_SNAKE, _KEBAB = re.compile(r"[^\W_]+(?:_[^\W_]+)*"), re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_HUMPED, _LOWER = re.compile(r"[^\W_]+"), re.compile(r"[^\W_]+(?: [^\W_]+)*")
_UPPER = re.compile(r"[^\W_]+(?:[ _][^\W_]+)*")


# How words are written in a case.


def _title(words: Sequence[str]) -> str:
    last = len(words) - 1
    return " ".join(word.lower() if 0 < at < last and _is_small(word, words[at - 1]) else _capital(word) for at, word in enumerate(words))


def _is_small(word: str, before: str) -> bool:
    return word.lower() in SMALL_WORDS and not (word.lower() in ("in", "on") and before.lower() in _BLEND)


def _capital(word: str) -> str:
    return SPELLED.get(word.casefold()) or word[:1].upper() + word[1:]


def _sentence(words: Sequence[str]) -> str:
    return " ".join(_capital(word) if at == 0 else SPELLED.get(word.casefold(), word.lower()) for at, word in enumerate(words))


def _camel(words: Sequence[str]) -> str:
    return "".join(word.lower() if at == 0 else word.capitalize() for at, word in enumerate(words))


CASES: dict[str, Case] = {
    "title": Case("Title Case", _is_title, _title),
    "sentence": Case("Sentence case", _is_sentence, _sentence),
    "snake": Case("snake_case", lambda name: bool(_SNAKE.fullmatch(name)) and _not_upper(name), lambda words: "_".join(words).lower()),
    "camel": Case("camelCase", lambda name: bool(_HUMPED.fullmatch(name)) and not name[0].isupper(), _camel),
    "pascal": Case(
        "PascalCase",
        lambda name: bool(_HUMPED.fullmatch(name)) and not name[0].islower() and not _shouts(name),
        lambda words: "".join(word.capitalize() for word in words),
    ),
    "kebab": Case("kebab-case", lambda name: bool(_KEBAB.fullmatch(name)) and _not_upper(name), lambda words: "-".join(words).lower()),
    "lower": Case("lower case", lambda name: bool(_LOWER.fullmatch(name)) and _not_upper(name), lambda words: " ".join(words).lower()),
    "upper": Case("UPPER CASE", lambda name: bool(_UPPER.fullmatch(name)) and _not_lower(name), lambda words: " ".join(words).upper()),
}
