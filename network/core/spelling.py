"""When two spellings may be meant as one: letters made plain, and skeletons in which scripts meet.

Shared by the names of people, of places and of services. *Folding* takes away case, accents, vowel marks and the
forms of one Arabic letter. A *skeleton* is what is left of a word when its vowels are gone and its consonants are
written in Latin letters: الحسن, Al-Hassan, Al Hasan and alhasan have one. Pure: no database, no keys.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import product

from anyascii import anyascii

MOST_CHARACTERS = 300
MOST_PARTS = 12
LONGEST_PART = 30
MOST_SKELETONS = 4

_APOSTROPHES = re.compile(r"['’‘ʼʻʿʾ`´]")
_ARABIC_MARKS = re.compile(r"[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640]")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_NO_ASCII_WORD = re.compile(r"[^A-Za-z0-9]+")
_NO_LETTER = re.compile(r"[^a-z]")
_FOLDED = str.maketrans("أإآٱىئیےؤةۀہھەکٹڈڑں", "اااايييي" + "و" + "ههههه" + "كتدرن")
_ALONE_C = re.compile("c(?!h)")
_ARABIC_ARTICLE = "ال"
# An article before a sun letter is written as it is spoken: Az Zarqa, Ash Shuna, An Nabatieh.
_SUN_ARTICLES = frozenset({"ad", "adh", "an", "ar", "as", "ash", "at", "ath", "az"})
_ARTICLES = frozenset({"al", "el", "ul"})

# The consonants behind each Arabic letter, in the Latin letters of ``_latin_skeletons``: several where
# spelling in Latin differs between countries (Uthman and Usman, Ramadan and Ramzan, Gamal and Jamal).
_ARABIC_SOUNDS: dict[str, tuple[str, ...]] = {
    "ب": ("b",), "پ": ("b",), "ت": ("t",), "ث": ("t", "s"), "ج": ("j", "g"), "چ": ("C",), "ح": ("h",),
    "خ": ("k",), "د": ("d",), "ذ": ("d", "z"), "ر": ("r",), "ز": ("z",), "ژ": ("j",), "س": ("s",),
    "ش": ("S",), "ص": ("s",), "ض": ("d", "z"), "ط": ("t",), "ظ": ("z", "d"), "غ": ("g",), "ف": ("f",),
    "ڤ": ("f",), "ق": ("k",), "ك": ("k",), "گ": ("g",), "ل": ("l",), "م": ("m",), "ن": ("n",), "ه": ("h",),
}  # fmt: skip
_LATIN_SOUNDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("sch", ("S",)), ("kh", ("k",)), ("gh", ("g",)), ("sh", ("S",)), ("ch", ("C",)), ("th", ("t",)),
    ("dh", ("d",)), ("ph", ("f",)), ("jh", ("j",)), ("bh", ("b", "bh")), ("ck", ("k",)), ("q", ("k",)),
    ("c", ("k",)), ("x", ("ks",)), ("v", ("f", "w")), ("p", ("b",)),
)  # fmt: skip
_SPOKEN = dict(_LATIN_SOUNDS)
_LATIN_LETTERS = re.compile("|".join(letters for letters, _spoken_as in _LATIN_SOUNDS) + "|.", re.DOTALL)
_SHORT_ARABIC = re.compile("[^اوي]([اوي])[^اوي]")
_SHORT_LATIN = re.compile("[^aeiou]{1,2}([aeiou]+[yw]?[aeiou]?)[^aeiouyw]{1,2}")
_LONG_VOWELS = {"ا": "A", "و": "U", "ي": "I"}
_VOWELS = frozenset("aeiou")
_SILENT = frozenset("aeiouyw")


def fold_words(text: str) -> list[str]:
    """The words of a person's name in plain letters, other scripts than Arabic written in Latin; without digits."""
    plain = unicodedata.normalize("NFKC", text[:MOST_CHARACTERS])
    plain = _ARABIC_MARKS.sub("", _APOSTROPHES.sub("", plain)).translate(_FOLDED).replace("ء", "")
    if plain.isascii():  # most names, and by far the quickest
        pieces = _NO_ASCII_WORD.sub(" ", plain).split()
    else:
        pieces = "".join(sign if _belongs_to_a_word(sign) else " " for sign in plain).split()
    words = [word[:LONGEST_PART] for piece in pieces if (word := _plain_letters(piece))]
    return words[:MOST_PARTS]


def fold_name(text: str) -> str:
    """A name of a place or a service in plain letters of its own script: without case, accents, Arabic vowel
    marks, articles and punctuation, one space between words. What is compared, and put into indexes."""
    plain = unicodedata.normalize("NFKC", text[:MOST_CHARACTERS])
    plain = _APOSTROPHES.sub("", plain)
    if not plain.isascii():
        plain = _without_marks(_ARABIC_MARKS.sub("", plain).translate(_FOLDED).replace("ء", ""))
        plain = "".join(sign if _belongs_to_a_word(sign) else " " for sign in plain)
        words = plain.casefold().split()
    else:
        words = _NO_ASCII_WORD.sub(" ", plain).lower().split()
    return " ".join(_without_articles(words))


def _without_articles(words: list[str]) -> list[str]:
    kept = []
    for place, word in enumerate(words):
        following = words[place + 1] if place + 1 < len(words) else ""
        if word in _ARTICLES and len(following) > 1:
            continue
        if word in _SUN_ARTICLES and len(following) > 2 and following[0] == word[1]:
            continue
        kept.append(word[2:] if word.startswith(_ARABIC_ARTICLE) and len(word) >= 5 else word)
    return kept


def _without_marks(text: str) -> str:
    """Latin and Arabic letters are known without their marks; the marks of Indic scripts are vowels."""
    kept: list[str] = []
    base = ""
    for sign in unicodedata.normalize("NFKD", text):
        if not unicodedata.combining(sign) and unicodedata.category(sign)[0] != "M":
            base = sign
            kept.append(sign)
        elif not (base < "\u0250" or "\u0600" <= base < "\u0700" or "\u1e00" <= base < "\u1f00"):
            kept.append(sign)
    return unicodedata.normalize("NFC", "".join(kept)).replace("đ", "d").replace("Đ", "D")


def is_arabic(word: str) -> bool:
    """Whether a folded word stands in Arabic letters."""
    return not word.isascii() and bool(_ARABIC.search(word))


def skeletons_of_word(word: str) -> frozenset[str]:
    """The consonants of one folded word in Latin letters, in every way in which they may be meant."""
    found = (_arabic_skeletons if is_arabic(word) else _latin_skeletons)(word)
    return frozenset(form for form in found if len(form) > 1)


def short_sounds(word: str) -> frozenset[str]:
    """A folded word of two consonants with the long vowel between them: دار and Dar, نور and Nour and Noor.

    Its skeleton alone would be too short to tell it from others.
    """
    found = (_SHORT_ARABIC if is_arabic(word) else _SHORT_LATIN).fullmatch(word)
    if found is None:
        return frozenset()
    vowels = found[1]
    if is_arabic(word) or not set(vowels).isdisjoint("ou"):
        kinds = {_LONG_VOWELS.get(vowels, "U")}
    else:
        kinds = {kind for kind, letters in (("A", "a"), ("I", "eiy")) if not set(vowels).isdisjoint(letters)}
    return frozenset(form + kind for form in skeletons_of_word(word) if len(form) == 2 for kind in kinds)


@lru_cache(maxsize=1024)
def skeletons(text: str) -> frozenset[str]:
    """The skeletons of a whole name of a place or a service, in whatever script it stands; three sounds at least."""
    each = []
    for word in fold_name(text).split()[:MOST_PARTS]:
        part = without_article(_in_sounds(word))[-1]
        if part:
            each.append(sorted((_arabic_skeletons if is_arabic(part) else _latin_skeletons)(part)))
    found: set[str] = set()
    for forms in product(*each):
        found.add("".join(forms))
        if len(found) == 2 * MOST_SKELETONS:
            break
    return frozenset(form for form in found if len(form) > 2)


def _in_sounds(word: str) -> str:
    """A folded word in Latin or Arabic letters. What is written c for Indic scripts sounds ch."""
    if word.isascii() or is_arabic(word):
        return word
    return _NO_LETTER.sub("", _ALONE_C.sub("ch", anyascii(word).lower()))


def without_article(word: str) -> list[str]:
    """The word, and the word without an article that is written in one with it."""
    if word.startswith(_ARABIC_ARTICLE) and len(word) >= 5:
        return [word, word[2:]]
    if word[:2] in ("al", "el") and len(word) >= 6 and word[2] not in _VOWELS:
        return [word, word[2:]]
    return [word]


def _plain_letters(piece: str) -> str:
    if piece.isascii():
        return _NO_LETTER.sub("", piece.lower())
    return piece if _ARABIC.search(piece) else _NO_LETTER.sub("", anyascii(_bare(piece)).lower())


def _belongs_to_a_word(sign: str) -> bool:
    """Letters, digits, and the marks by which many scripts write their vowels."""
    return unicodedata.category(sign)[0] in "LMN"


def _bare(word: str) -> str:
    """Latin letters without their accents; other scripts keep their marks, which are vowels there."""
    plain = unicodedata.normalize("NFKD", word)
    if any(sign.isalpha() and "LATIN" not in unicodedata.name(sign, "") for sign in plain):
        return word
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def _arabic_skeletons(word: str) -> set[str]:
    sounds: list[tuple[str, ...]] = [_arabic_beginning(word[0])]
    sounds += [_ARABIC_SOUNDS.get(letter, ("",)) for letter in word[1:].replace("تش", "چ")]
    return _spoken(sounds)


def _arabic_beginning(letter: str) -> tuple[str, ...]:
    return {"ا": ("a",), "ع": ("a",), "ي": ("y", "a"), "و": ("w", "a")}.get(
        letter, _ARABIC_SOUNDS.get(letter, ("",))
    )


def _latin_skeletons(word: str) -> set[str]:
    sounds: list[tuple[str, ...]] = []
    for found in _LATIN_LETTERS.finditer(word):
        letters = found[0]
        if (spoken := _SPOKEN.get(letters)) is not None:
            sounds.append(spoken)
        elif found.start() == 0:
            sounds.append(("a",) if letters in _VOWELS else (letters,))
        else:
            sounds.append(("",) if letters in _SILENT else (letters,))
    return _spoken(sounds)


def _spoken(sounds: list[tuple[str, ...]]) -> set[str]:
    """The skeletons of a row of sounds: doubled consonants once, no breath at the end, no glide inside."""
    found: set[str] = set()
    for one in product(*sounds):
        first, rest = one[0], "".join(one[1:]).replace("w", "")
        joined = re.sub(r"(.)\1+", r"\1", first + rest)
        found.add(joined[:-1] if joined.endswith("h") and len(joined) > 1 else joined)
        if len(found) == MOST_SKELETONS:
            break
    return found
