"""Question/answer pairs in JSON, whatever their keys are called."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

_QUESTION_WORDS = """
question questions q query ask userquestion customerquestion questiontext frage fragen pregunta
preguntas pergunta perguntas domanda domande demande vraag vragen fraga sporsmal pytanie soru
вопрос 问题 問題 质问 質問 问 질문
"""
_ANSWER_WORDS = """
answer answers a response reply solution answertext antwort antworten respuesta respuestas resposta
respostas risposta risposte reponse reponses antwoord antwoorden svar odpowiedz cevap ответ 答案 回答
答 답변 답
"""
_QUESTION_KEYS = frozenset(_QUESTION_WORDS.split())
_ANSWER_KEYS = frozenset(_ANSWER_WORDS.split())
_MAX_QUESTION_CHARS = 600  # longer is no question but a text, and would crowd out its answer
_PREFIXES = ("faq", "qa")


@dataclass(frozen=True, slots=True)
class QuestionAnswer:
    """Which members of an object are its question and its answer."""

    question: str
    question_key: str
    answer_key: str

    @property
    def keys(self) -> tuple[str, str]:
        return self.question_key, self.answer_key


def as_question_answer(value: dict[str, Any]) -> QuestionAnswer | None:
    """The pair an object holds, or None. Other members may stand beside it."""
    question_key = answer_key = None
    for key in value:
        plain = _plain(key)
        if plain in _QUESTION_KEYS and question_key is None and _asked(value[key]):
            question_key = key
        elif plain in _ANSWER_KEYS and answer_key is None and _said(value[key]):
            answer_key = key
    if answer_key is not None and question_key is None:
        # {"title": "Can I return it?", "answer": …}
        question_key = next((key for key, member in value.items() if _asks(member)), None)
        if question_key == answer_key:
            question_key = None
    if question_key is None or answer_key is None:
        return None
    if len(_asked(value[question_key])) > _MAX_QUESTION_CHARS:
        return None
    return QuestionAnswer(_asked(value[question_key]), question_key, answer_key)


def _plain(key: str) -> str:
    apart = unicodedata.normalize("NFKD", key).casefold()
    letters = unicodedata.normalize("NFC", re.sub(r"[\W_\d]+", "", apart))
    for prefix in _PREFIXES:
        letters = letters.removeprefix(prefix)
    return letters


def _asked(value: Any) -> str:
    """The question's words; several ways of asking one under the other. Empty where none."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list) and value and all(isinstance(v, str) and v.strip() for v in value):
        return "\n".join(v.strip() for v in value)
    return ""


def _said(value: Any) -> bool:
    return isinstance(value, str | list | dict) and bool(value)


def _asks(value: Any) -> bool:
    return isinstance(value, str) and value.rstrip().endswith(("?", "？")) and len(value) > 2
