"""Which language a text is in: its script, then the little words that only one language uses.

Light on purpose (no model, no data file): it chooses stemmers and the language of fixed phrases.
Where the evidence is thin it keeps the default it was given, because a wrong guess is worse.
"""

import re
import unicodedata
from collections import Counter

DEFAULT_LANGUAGE = "en"

# First code point, last code point, language; kana and hangul decide before Han (see `detect`).
_SCRIPTS = (
    (0x0370, 0x03FF, "el"),
    (0x0400, 0x052F, "ru"),
    (0x0530, 0x058F, "hy"),
    (0x0590, 0x05FF, "he"),
    (0x0600, 0x06FF, "ar"),
    (0x0900, 0x097F, "hi"),
    (0x0980, 0x09FF, "bn"),
    (0x0B80, 0x0BFF, "ta"),
    (0x0E00, 0x0E7F, "th"),
    (0x10A0, 0x10FF, "ka"),
    (0x3040, 0x30FF, "ja"),
    (0x3400, 0x4DBF, "zh"),
    (0x4E00, 0x9FFF, "zh"),
    (0xAC00, 0xD7AF, "ko"),
    (0x1100, 0x11FF, "ko"),
)

# Frequent words that are short in the language's questions and answers. Shared ones count for all.
_LITTLE_WORDS = {
    "en": "the a an and or of to in is are was be been have has had do does did not you your i my me "
    "we our they their it its this that these those with for from on at by as can could would "
    "will shall should what which who when where why how if but so there any please about",
    "de": "der die das den dem des ein eine einen einem einer eines und oder nicht ist sind war wird "
    "werden wurde hat haben habe hatte ich du sie er es wir ihr mein meine meinen mir mich uns "
    "kann können muss soll wie was wer wann wo warum welche welcher für auf mit von zu zum zur im "
    "am an bei nach aus auch noch kein keine bitte gibt es über wenn dass",
    "es": "el la los las un una unos unas de del y o que en es son está están era fue ser ha han he "
    "hay no sí yo tú usted mi mis su sus nos me te se lo le con por para sin sobre como cómo cuál "
    "cuándo cuánto cuánta cuántos dónde qué quién puedo puede tengo tiene pero si más muy al este "
    "esta quiero hola gracias",
    "fr": "le la les l un une des du de d et ou est sont était être a ai as ont avez avons je tu il "
    "elle nous vous ils elles mon ma mes votre vos notre nos son sa ses ce cette ces qui que quoi "
    "quel quelle quels quand où comment pourquoi combien ne pas plus dans sur avec pour par au aux "
    "en y si mais puis-je peut est-ce bonjour merci",
    "it": "il lo la i gli le un uno una di del della dei delle da dal dalla in nel nella con su per "
    "tra e o che è sono era essere ho hai ha abbiamo hanno non mi ti si ci vi mio mia miei tuo suo "
    "io tu lui lei noi voi loro come quando dove quanto quale quali perché chi cosa posso può se "
    "ma più anche al alla ciao grazie",
    "pt": "o a os as um uma uns umas de do da dos das e ou que em no na nos nas é são está estão era "
    "foi ser tem têm tenho há não sim eu você vocês meu minha meus seu sua com por para sem sobre "
    "como qual quais quando quanto onde quem porque posso pode mas se mais muito ao à pelo pela "
    "olá obrigado obrigada",
    "nl": "de het een en of van in is zijn was waren wordt worden heeft hebben heb ik jij je u hij "
    "zij wij we jullie mijn uw onze ons dit dat deze die niet geen met voor op aan bij naar uit om "
    "te wat wie waar wanneer hoe waarom welke kan kunnen moet mag zou er ook nog maar als dan graag",
    "sv": "och att det en ett den de som är var har hade jag du han hon vi ni min mitt mina din inte "
    "på för med av till från om kan ska vill vad när var hur vilken varför också men eller",
    "da": "og at det en et den de som er var har havde jeg du han hun vi min mit mine din ikke på for "
    "med af til fra om kan skal vil hvad hvornår hvor hvordan hvilken hvorfor også men eller",
    "no": "og å det en et den de som er var har hadde jeg du han hun vi min mitt mine din ikke på for "
    "med av til fra om kan skal vil hva når hvor hvordan hvilken hvorfor også men eller",
    "fi": "ja on ei se että ovat oli olla minä sinä hän me te minun sinun mikä mitä missä milloin "
    "miten miksi kuka voi voin voinko onko kun jos mutta tai myös kuin",
    "pl": "i w na z do nie to jest są się że jak czy co kto gdzie kiedy dlaczego mam ma mogę można dla "
    "od po za przez ten ta te mój moja proszę ale lub oraz jaki jaka jakie",
    "cs": "a v na z do ne to je jsou se že jak co kdo kde kdy proč mám má mohu lze pro od po za ten ta "
    "můj moje prosím ale nebo jaký jaká jaké",
    "tr": "ve bir bu şu o ne için ile de da mi mı mu mü var yok değil ben sen biz siz nasıl nerede ne "
    "zaman kim hangi kadar çok daha ama veya gibi benim",
    "ro": "și si de la în in un o este sunt nu ce care cum când unde cât pentru cu din pe mai am ai are "
    "eu tu noi voi meu mea dumneavoastră sau dar dacă vă",
    "hu": "a az és is nem hogy egy van volt lesz mi ki hol mikor miért hogyan mennyi milyen vagy de ha "
    "én te mi ti ez azt meg kell lehet",
    "id": "yang dan di ke dari ini itu tidak ada untuk dengan pada saya anda kami apa siapa kapan "
    "dimana bagaimana mengapa berapa bisa dapat atau jika akan sudah",
    "vi": "và là của có không cho các một những được với tôi bạn này đó ở khi nào gì đâu làm sao thế "
    "bao nhiêu",
}
# Courtesy and fillers: as little said about the question as by the words above.
_FILLERS = {
    "en": "okay ok hi hey hello yes yeah yep no not um uh umm hmm oh well thanks thank know tell want "
    "need get got let like also just very really am doing done being he she him her us them some any "
    "into over then than too only own same such up down out off again here now don doesn didn isn aren wasn weren won couldn wouldn shouldn haven "
    "hasn ain gonna wanna",
    "de": "hallo hi guten tag danke ja nein ok okay mal denn doch schon gern gerne möchte würde",
    "es": "ok vale por favor buenos buenas días tardes quisiera necesito saber decir",
    "fr": "ok oui non svp plaît salut voudrais veux savoir dire",
    "it": "ok sì salve buongiorno per favore vorrei voglio sapere",
    "pt": "ok favor bom dia quero gostaria preciso saber",
    "nl": "ok ja nee hallo dank bedankt alsjeblieft wil weten",
}
_WORDS: dict[str, frozenset[str]] = {
    language: frozenset(words.split()) for language, words in _LITTLE_WORDS.items()
}


def _unaccented(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


_SILENT: dict[str, frozenset[str]] = {
    language: frozenset(
        form
        for word in words | set(_FILLERS.get(language, "").split())
        for form in (word, _unaccented(word))
    )
    for language, words in _WORDS.items()
}
# Letters that settle a doubt between languages whose little words look alike.
_LETTERS = {
    "ñ": "es", "¿": "es", "¡": "es", "ß": "de", "ã": "pt", "õ": "pt", "ł": "pl", "ą": "pl",
    "ę": "pl", "ř": "cs", "ě": "cs", "ů": "cs", "ğ": "tr", "ş": "tr", "ı": "tr", "ő": "hu",
    "ű": "hu", "ț": "ro", "ș": "ro", "ơ": "vi", "ư": "vi", "đ": "vi", "œ": "fr",
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")
_LANGUAGES_OF: dict[str, tuple[str, ...]] = {
    word: tuple(language for language, little in _WORDS.items() if word in little)
    for word in frozenset[str]().union(*_WORDS.values())
}
_FIRST_OF_SCRIPTS = chr(_SCRIPTS[0][0])
_SAMPLE_CHARS = 2_000
_UKRAINIAN = frozenset("іїєґ")


def detect(text: str, default: str = DEFAULT_LANGUAGE) -> str:
    """The ISO 639-1 code of the text's language, or `default` where the text does not say."""
    sample = unicodedata.normalize("NFC", text[:_SAMPLE_CHARS]).lower()
    script = _by_script(sample)
    if script is not None:
        return script
    words = _WORD.findall(sample)
    scores: Counter[str] = Counter()
    for word in words:
        for language in _LANGUAGES_OF.get(word, ()):
            scores[language] += 1
    if not sample.isascii():
        for letter, language in _LETTERS.items():
            scores[language] += 2 * min(sample.count(letter), 3)
    return _winner(scores, len(words), default)


def little_words(language: str) -> frozenset[str]:
    """Words of a question that say nothing about what it asks for; with and without their accents."""
    return _SILENT.get(language, frozenset())


def _by_script(sample: str) -> str | None:
    """The language of a script that only one language here uses; None for Latin or too little."""
    if not sample or max(sample) < _FIRST_OF_SCRIPTS:
        return None
    counts: Counter[str] = Counter()
    letters = 0
    for char in sample:
        if not char.isalpha():
            continue
        letters += 1
        code = ord(char)
        if code < 0x0370:
            continue
        for first, last, language in _SCRIPTS:
            if first <= code <= last:
                counts[language] += 1
                break
    if not counts or sum(counts.values()) * 3 < letters:
        return None
    if counts["ja"] * 10 >= counts["zh"] and counts["ja"]:
        return "ja"
    language = counts.most_common(1)[0][0]
    if language == "ru" and _UKRAINIAN & set(sample):
        return "uk"
    return language


def _winner(scores: Counter[str], n_words: int, default: str) -> str:
    """The best language when it leads clearly; a tie or a lone hit keeps the default."""
    ranked = scores.most_common(2)
    if not ranked or ranked[0][1] == 0:
        return default
    best, hits = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0
    if best == default:
        return default
    needed = 1 if n_words <= 3 else 2
    if hits < needed or hits - max(second, scores[default]) < 1 or hits * 8 < n_words:
        return default
    return best
