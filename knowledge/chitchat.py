"""Greetings, thanks and questions about the bot itself: a short friendly word, never a guess."""

from __future__ import annotations

from enum import StrEnum

from rapidfuzz import fuzz, process

from knowledge.matching.text import normalise, words


class Chitchat(StrEnum):
    """What kind of small talk a message is."""

    GREETING = "greeting"
    THANKS = "thanks"
    ABILITY = "ability"
    FAREWELL = "farewell"
    PRAISE = "praise"
    COMPLAINT = "complaint"


_PHRASES: dict[str, Chitchat] = {
    **dict.fromkeys(
        (
            "hi", "hello", "hey", "hey there", "hi there", "hello there", "yo", "hiya", "howdy", "good morning",
            "good evening", "good afternoon", "greetings", "sup", "what is up", "how are you", "how are you doing",
            "hi bot", "hello bot", "hey bot", "hello everyone", "hi all", "how is it going", "nice to meet you",
        ),
        Chitchat.GREETING,
    ),
    **dict.fromkeys(
        (
            "thanks", "thank you", "thank you very much", "many thanks", "thanks a lot", "ty", "tysm", "thanks bot",
            "thank you so much", "cheers", "much appreciated", "thanks for the help", "thanks that helps", "merci",
            "great thanks", "ok thanks", "perfect thank you",
        ),
        Chitchat.THANKS,
    ),
    **dict.fromkeys(
        (
            "what can you do", "what do you know", "who are you", "what are you", "how do you work", "help me",
            "what can i ask you", "what can i ask", "what do you know about", "how can you help", "are you a bot",
            "what is this bot", "what is this bot for", "how does this bot work", "how do i use you", "help",
            "how do i use this bot", "what questions can i ask", "what can you answer", "what are you for",
            "what topics do you know", "are you human", "are you an ai", "what is your name", "who made you",
            "commands", "how does this work", "what are your commands", "introduce yourself",
        ),
        Chitchat.ABILITY,
    ),
    **dict.fromkeys(
        ("bye", "goodbye", "good night", "see you", "see you later", "cya", "good bye", "bye bot", "later", "gn"),
        Chitchat.FAREWELL,
    ),
    **dict.fromkeys(
        (
            "good bot", "nice", "great", "well done", "you are great", "nice bot", "love you", "awesome", "cool",
            "i love this bot", "great answer", "good job", "that helps", "lol", "haha", "ok", "okay", "wow",
        ),
        Chitchat.PRAISE,
    ),
    **dict.fromkeys(
        ("bad bot", "you are wrong", "that is wrong", "stupid bot", "you are useless", "wrong", "that is not right"),
        Chitchat.COMPLAINT,
    ),
}  # fmt: skip

_MAX_WORDS = 8
_LEAST_LIKENESS = 88.0


def chitchat(question: str) -> Chitchat | None:
    """The kind of small talk that the message is as a whole, or None.

    Short messages only: "hi, what did Kofman say?" is a question.
    """
    plain = normalise(question).replace("'s ", " is ")
    said = [word for word in words(plain) if word not in {"please", "citebot", "mate", "friend"}]
    if not said or len(said) > _MAX_WORDS:
        return None
    text = " ".join(said)
    if text in _PHRASES:
        return _PHRASES[text]
    if len(text) < 5:  # "hii" and "thx" are near too many words to be guessed at
        return None
    # A typo changes letters, not the number of words: "what do you know about Xi" is a question.
    alike = [phrase for phrase in _PHRASES if phrase.count(" ") == text.count(" ")]
    found = process.extractOne(text, alike, scorer=fuzz.ratio, score_cutoff=_LEAST_LIKENESS)
    return _PHRASES[found[0]] if found else None
