"""Names as GeoNames has them: which is the own one, which are worth keeping, which mean the same."""

from __future__ import annotations

import re
import unicodedata

from anyascii import anyascii
from rapidfuzz import fuzz

from network.core.spelling import fold_name, skeletons

# The language of a state of India, by its GeoNames code; Hindi elsewhere.
STATES = {
    "25": "ta", "22": "ta", "13": "ml", "14": "ml", "02": "te", "40": "te", "19": "kn", "28": "bn", "26": "bn",
    "09": "gu", "16": "mr", "21": "or", "23": "pa", "03": "as", "33": "kok",
}  # fmt: skip
SCRIPTS = {
    "ar": "ARABIC", "bn": "BENGALI", "as": "BENGALI", "ne": "DEVANAGARI", "hi": "DEVANAGARI", "mr": "DEVANAGARI",
    "kok": "DEVANAGARI", "si": "SINHALA", "ta": "TAMIL", "te": "TELUGU", "kn": "KANNADA", "ml": "MALAYALAM",
    "gu": "GUJARATI", "or": "ORIYA", "pa": "GURMUKHI", "am": "ETHIOPIC", "ko": "HANGUL", "zh-Hant": "CJK",
    "th": "THAI", "km": "KHMER", "my": "MYANMAR", "lo": "LAO",
}  # fmt: skip
CITY = re.compile(r"^City of | City$", re.IGNORECASE)
# Other names that GeoNames has: with the kind of place beside it, or written for readers of other alphabets.
_NO_ALIAS = re.compile(
    r"^(?:Ban|Amphoe|Amphur|Amphu|Kota|Lungsod|Ciudad|Dakbayan|Siyudad|Munisipyo|Bayan|Thanh|Thi|Kabupaten|Khirbat|"
    r"Khirbet|Qaryat|Changwat|Muang|Mueang|Meuang|Eh)\b|^Eh[a-z]|City$|dzh|GJ|'$|'-|[aeiou]j[aeiou]|^Dz|ch'",
    re.IGNORECASE,
)
_NOT_ARABIC = re.compile("[^\u0621-\u064a\u064b-\u0652 -]")


def script(text: str) -> str:
    found = {unicodedata.name(sign, "?").split()[0] for sign in text if sign.isalpha()}
    return found.pop() if len(found) == 1 else ""


def is_alike(one: str, other: str) -> bool:
    a, b = fold_name(CITY.sub("", one)), fold_name(CITY.sub("", other))
    if not a or not b:
        return False
    return (
        a == b
        or a.replace(" ", "") == b.replace(" ", "")
        or fuzz.ratio(a, b) >= 84
        or bool(skeletons(one) & skeletons(other))
    )


def pick_own(name: str, given: list[str], language: str) -> str:
    """The alternative name that is most surely the place's name in this language."""
    wanted = SCRIPTS.get(language)
    if wanted is None:
        return ""
    found = [
        one.strip()
        for one in given
        if script(one) == wanted and 1 < len(one.strip()) <= 40 and "," not in one
    ]
    if language == "ar":
        found = [one for one in found if not _NOT_ARABIC.search(one)]
        found = [
            one for one in found if not one.startswith(("محافظة", "مدينة ", "قرية", "إمارة", "منطقة", "لواء"))
        ]
    if language == "zh-Hant":
        found = [one for one in found if _is_traditional(one)]
        found = [re.sub("(?<=..)[市鎮鄉區縣]$", "", one) for one in found]
    if language == "ko":
        found = [re.sub("(?<=..)(?:시|군|읍|면)$", "", one) for one in found]
    if not found:
        return ""
    plain = fold_name(name)

    def worth(one: str) -> tuple[float, int]:
        return (
            fuzz.ratio(fold_name(anyascii(one)), plain) + 30 * bool(skeletons(one) & skeletons(name)),
            -len(one),
        )

    return unicodedata.normalize("NFC", max(sorted(set(found)), key=worth))


def _is_traditional(text: str) -> bool:
    try:
        text.encode("big5")
    except UnicodeEncodeError:
        return False
    return True


def plain_name(name: str) -> str:
    """Latin letters as people type them: GeoNames writes Jordan and Lebanon with the dots of scholars."""
    flat = "".join(s for s in unicodedata.normalize("NFKD", name) if not unicodedata.combining(s))
    flat = re.sub("[ʻʼ‘`ʾʿ]", "'", flat.replace("’", "'"))
    return anyascii(flat).strip().strip("'")


def other_spellings(name: str, own: list[str], given: list[str], most: int) -> list[str]:
    """Other names in Latin letters that neither a slip nor the consonants of the name would find."""
    kept: list[str] = []
    for one in sorted(set(given), key=lambda text: (len(text), text)):
        if (
            not one.isascii()
            or not re.fullmatch(r"[A-Z][A-Za-z' .-]{3,30}", one)
            or one.isupper()
            or _NO_ALIAS.search(one)
        ):
            continue
        if any(is_alike(one, other) for other in [name, *own, *kept]):
            continue
        kept.append(one)
    return kept[:most]
