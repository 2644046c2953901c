"""Which column of a table, or key of a JSON object, holds which part of an entry.

Names are compared by their letters alone, without case, accents, digits and signs, in the
languages that tables here are headed in; where no name tells, the values do: a column of questions
is one.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tenants.errors import Invalid

FIELDS = (
    "question",
    "answer",
    "title",
    "text",
    "data",
    "chunks",
    "external_id",
    "kind",
    "language",
    "category",
    "keywords",
    "priority",
    "valid_from",
    "valid_until",
    "active",
    "url",
    "source",
)
_SAMPLE_ROWS = 200

_NAMES = {
    "question": """question questions q query ask faq userquestion customerquestion questiontext
        frage fragen kundenfrage pregunta preguntas pergunta perguntas domanda domande demande
        vraag vragen fråga frågor spørgsmål spørsmål pytanie soru otázka kérdés întrebare вопрос
        питання 问题 問題 质问 質問 问 질문""",
    "answer": """answer answers a response reply solution answertext antwort antworten lösung
        respuesta respuestas resposta respostas risposta risposte réponse réponses antwoord
        antwoorden svar odpowiedź cevap odpověď válasz răspuns ответ відповідь 答案 回答 答 답변 답""",
    "title": """title titel título titre titolo heading headline subject betreff überschrift
        asunto sujet oggetto onderwerp rubrik tytuł başlık заголовок название тема 标题 標題
        タイトル 제목 name bezeichnung nombre nom nome naam namn navn nazwa имя 名称 名前 이름""",
    "text": """text content contents body article passage paragraph inhalt artikel beitrag
        contenido contenu contenuto conteúdo cuerpo texte testo texto tekst inhoud innehåll indhold
        içerik metin содержание текст 内容 正文 本文 내용 본문""",
    "data": "data",
    "chunks": "chunks passages",
    "external_id": """externalid id key sku uid guid identifier articleid articlenumber documentid
        docid entryid faqid recordid reference ref kennung schlüssel artikelnummer clave
        identificador identifiant identificatore referencia référence идентификатор артикул 编号
        識別子 번호""",
    "kind": "kind",
    "language": """language lang locale sprache idioma langue lingua taal sprog språk język dil
        язык мова 语言 語言 言語 언어""",
    "category": """category categories kategorie kategorien categoría catégorie categoria categorie
        kategori kategoria topic group gruppe section abteilung bereich rubrique sección sezione
        категория раздел 分类 分類 カテゴリ カテゴリー 카테고리""",
    "keywords": """keywords keyword tags tag labels schlagworte schlagwörter schlagwort stichworte
        stichwörter palabrasclave etiquetas motsclés motsclefs étiquettes parolechiave etichette
        palavraschave trefwoorden nyckelord nøgleord słowakluczowe anahtarkelimeler ключевыеслова
        теги 标签 關鍵字 关键词 キーワード 키워드 태그""",
    "priority": """priority priorität prioridad priorité priorità prioridade prioriteit prioritet
        priorytet öncelik importance gewichtung приоритет 优先级 優先度 우선순위""",
    "valid_from": """validfrom startdate startsat gültigab gültigvon validodesde válidodesde
        vigentedesde validefrom valabledu valableàpartirde validodal geldigvanaf giltigfrån
        действуетс 生效日期 有効開始日""",
    "valid_until": """validuntil validto validtill expires expiresat expiry expirydate
        expirationdate enddate gültigbis ablaufdatum válidohasta vigentehasta vencimiento valablejusquau
        validofinoal scadenza geldigtot giltigtill действуетдо 失效日期 有効期限""",
    "active": """active isactive enabled published aktiv activo actif attivo ativo actief aktywny
        активен активный 启用 有効 활성""",
    "url": """url link uri href webpage weblink sourceurl enlace lien collegamento ссылка 链接
        リンク 링크""",
    "source": "source quelle fuente fonte bron källa kilde źródło kaynak источник 来源 出典 출처",
}
_DESCRIPTIONS = (
    "description beschreibung descripción description descrizione descrição omschrijving"
)


@dataclass(frozen=True, slots=True)
class Columns:
    """Column → field; `left` are the columns that have none."""

    fields: Mapping[str, str]
    left: Sequence[str]

    def column(self, field: str) -> str | None:
        """The column that holds a field."""
        return next((name for name, held in self.fields.items() if held == field), None)


def map_columns(
    rows: Sequence[Mapping[str, Any]], asked: Mapping[str, str | None] | None = None
) -> Columns:
    """The mapping of a table by its names and values; what is `asked` wins, null leaves a column out.

    Raises: Invalid where a column or field is asked for that does not exist.
    """
    columns = list(dict.fromkeys(name for row in rows[:_SAMPLE_ROWS] for name in row))
    given = dict(asked or {})
    _check(given, columns)
    found = {name: field for name, field in given.items() if field is not None}
    free = [name for name in columns if name not in given]
    _by_name(found, free)
    _by_value(found, [name for name in free if name not in found], rows)
    order = [name for name in columns if name in found]
    left = [name for name in columns if name not in found]
    return Columns({name: found[name] for name in order}, left)


def _check(given: Mapping[str, str | None], columns: Sequence[str]) -> None:
    for column, field in given.items():
        if column not in columns:
            listed = ", ".join(columns[:20])
            raise Invalid(f"mapping: there is no column {column!r}; the columns are {listed}")
        if field is not None and field not in FIELDS:
            raise Invalid(f"mapping: {field!r} is no field; the fields are {', '.join(FIELDS)}")
    fields = [field for field in given.values() if field is not None]
    if len(set(fields)) < len(fields):
        raise Invalid("mapping: each field takes one column")


def _by_name(found: dict[str, str], free: Sequence[str]) -> None:
    """The first column of a name takes its field; the exact field name comes before every other."""
    for exact in (True, False):
        for column in free:
            named = column if column in FIELDS else None
            field = named if exact else _FIELD_OF.get(plain(column))
            if field and column not in found and field not in found.values():
                found[column] = field
    if not {"text", "answer", "data", "chunks"} & set(found.values()):
        described = next((c for c in free if c not in found and plain(c) in _TELLS), None)
        told = {"question", "title"} & set(found.values())
        if described is not None and told:
            found[described] = "answer" if "question" in told else "text"


def _by_value(
    found: dict[str, str], free: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> None:
    """A question without a name is known by its sign; the longest column beside it answers it."""
    fields = set(found.values())
    sample = rows[:_SAMPLE_ROWS]
    if "question" not in fields and not {"text", "data", "chunks"} & fields:
        candidates = [*free, *(c for c, field in found.items() if field == "title")]
        asks = next((c for c in candidates if _share(sample, c) > 0.5), None)
        if asks is not None and ("answer" in fields or len(free) > (asks in free)):
            found[asks] = "question"
    if "question" in found.values() and "answer" not in found.values() and "text" not in fields:
        others = [c for c in free if c not in found]
        longest = max(others, key=lambda c: _length(sample, c), default=None)
        if longest is not None and _length(sample, longest) > 0:
            found[longest] = "answer"


def _share(rows: Iterable[Mapping[str, Any]], column: str) -> float:
    values = [v.strip() for row in rows if isinstance(v := row.get(column), str) and v.strip()]
    return sum(v.endswith(("?", "？")) for v in values) / len(values) if values else 0.0


def _length(rows: Iterable[Mapping[str, Any]], column: str) -> int:
    return sum(len(v) for row in rows if isinstance(v := row.get(column), str))


def plain(name: str) -> str:
    """A column's name by its letters alone."""
    apart = unicodedata.normalize("NFKD", name).casefold()
    bare = "".join(c for c in apart if not unicodedata.combining(c) or c in "\u3099\u309a")
    letters = unicodedata.normalize("NFC", re.sub(r"[\W_\d]+", "", bare))
    for prefix in ("faq", "qa"):
        letters = letters.removeprefix(prefix) or letters
    return letters


_FIELD_OF = {plain(word): field for field, words in _NAMES.items() for word in words.split()}
_TELLS = frozenset(plain(word) for word in _DESCRIPTIONS.split())
