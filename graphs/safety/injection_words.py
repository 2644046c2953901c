"""Words by which a text gives orders to the machine that reads it: kinds, each in ten languages.

A kind is a list of sayings; `*` lets any ending follow, `\\ ` joins the words of one saying. Writings
without spaces between words (Chinese, Japanese) are found anywhere in the text.
"""

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from tenants.keeping.kept_texts import forgettable

_KINDS: dict[str, str] = {
    "ignore": """ignor* disregard* forget* forgot* overrid* overrul* overlook* bypass* neglect*
        discard* circumvent* supersed* void cancel* dismiss* ignorier* vergiss* vergessen missacht*
        überschreib* verwirf* olvid* descart* omite omit* pasa\\ por\\ alto oublie* négligez passe\\ outre
        dimentic* scart* esqueç* esqueça desconsider* negeer* vergeet zapomni* zignoruj pomiń
        игнориру* забудь* отмени* 忽略 无视 忘记 忽视 忘掉 無視 忘れ 取り消""",
    "earlier": """previous* prior above earlier preceding former foregoing before existing original
        old older past initial vorherig* vorig* bisherig* obig* früher* ursprünglich* anterior*
        previ* originales antérieur* précédent* ci-dessus plus\\ haut initiales precedent* iniziali
        acima vorige bovenstaande poprzedni* powyższe предыдущ* выше прежн* 之前 以前 以上 前面 上述
        先前 原来 上記 これまで 前の 元の""",
    "rules": """instruction* prompt prompts preprompt pre-prompt rule rules guideline* directive*
        directions command* constraint* restriction* programming guardrail* safeguard* protocol*
        policies context configuration anweisung* regeln vorgabe* befehl* richtlinie* beschränkung*
        instruccion* reglas órdenes indicaciones restricciones consigne* règles directives ordres
        istruzion* regole direttive instruç* regras diretrizes instructies regels instrukcj* zasady
        инструкци* указани* правил* промпт* 指令 指示 规则 提示词 提示 规定 命令 ルール プロンプト 制約""",
    "reveal": """reveal* show shows print* repeat* output* display* disclos* leak* recit* dump*
        expos* divulg* reprint* echo* rephras* paraphras* summari* spell unveil* translat* list
        verrat* zeig* wiederhol* nenn* gib* drucke offenbar* revel* muestra* repit* repet* imprim*
        mostr* montre* révèl* répèt* répét* affich* divulgu* rivel* ripet* stampa* revele* repita
        toon herhaal ujawnij pokaż powtórz покажи* повтори* раскро* выведи* 显示 透露 重复 打印 泄露
        展示 複唱 表示 教えて 繰り返""",
    "yours": """your yours you're you yourself dein* ihre ihrer euer tu tus su sus vuestr* ton tes
        votre vos tuo tua tuoi tue suoi seu sua seus suas teu jouw uw twoje twój твои твой ваш* тво*
        你的 您的 你 您 あなたの お前の""",
    "reply": """response* reply replies answer* output* message summary sentence* completion antwort*
        zusammenfassung respuesta* réponse* resposta* rispost* antwoord odpowied* ответ* 回答 回复 答复
        回應 摘要 返答 返信 要約""",
    "say": """say says saying respond* write type utter proclaim* declare* answer\\ with reply\\ with
        start\\ with begin\\ with begin\\ your start\\ your prefix* complete continue sag sage sagen
        schreib* antworte* beginne di diga decir responde* escribe* empieza dis dites réponds répondez
        écris écrivez commence* rispondi scrivi inizia responda escreva diga comece zeg schrijf powiedz
        napisz скажи* ответь* напиши* начни* 说 输出 写 开头 言って 出力 書いて 始めて""",
    "only": """only just exactly nothing\\ else verbatim word\\ for\\ word word-for-word solely
        literally entirety in\\ full full nur genau wortwörtlich ausschließlich wörtlich solo sólo
        únicamente exactamente literal* seulement uniquement exactement mot\\ pour\\ mot soltanto
        esattamente apenas somente exatamente alleen tylko только дословно 只 仅 逐字 完整 だけ のみ
        そのまま""",
    "role": """act\\ as acting\\ as pretend* roleplay* role-play* simulat* impersonat* imagine\\ you
        imagine\\ that you\\ are\\ now from\\ now\\ on new\\ role persona henceforth jailbreak* dan
        developer\\ mode debug\\ mode test\\ mode god\\ mode maintenance\\ mode admin\\ mode unfiltered
        unrestricted uncensored no\\ restrictions without\\ restrictions ab\\ jetzt du\\ bist\\ jetzt
        sie\\ sind\\ jetzt tu\\ als spiele\\ die\\ rolle a\\ partir\\ de\\ ahora actúa* eres\\ ahora
        ahora\\ eres finge à\\ partir\\ de\\ maintenant tu\\ es\\ maintenant vous\\ êtes\\ maintenant
        fais\\ semblant agis\\ comme d'ora\\ in\\ poi agisci fingi sei\\ ora a\\ partir\\ de\\ agora
        aja\\ como finja você\\ agora\\ é vanaf\\ nu doe\\ alsof udawaj od\\ teraz представь* теперь\\ ты
        с\\ этого\\ момента притвор* 扮演 假装 从现在开始 现在你是 你现在是 越狱 ふりをして 今から
        これからは 演じて""",
    "machine": """ai a.i. llm gpt chatgpt chatbot* bot bots assistant* language\\ model* model
        models system machine algorithm* ki assistent* sprachmodell* asistente modelo ia assistente
        modelli modello modèle asystent модель ассистент* 助手 模型 人工智能 系统 アシスタント モデル
        システム""",
    "secret": """password* passphrase* passcode* secret* api\\ key* token tokens credential* access\\ code*
        confidential* hidden internal private\\ key* system\\ prompt* system\\ message* developer\\ message*
        passwort* geheim* zugangsdaten systemprompt contraseña* secret* oculta* credenciales
        mot\\ de\\ passe identifiants password segret* senha* wachtwoord hasło пароль* секрет* 密码 密钥
        秘密 机密 パスワード 機密""",
    "encode": """base64 base-64 hex hexadecimal rot13 binary ascii unicode morse cipher* encod* encrypt*
        decod* decrypt* reverse* backward* anagram* vowel* consonant* uppercase lowercase capital\\ letters
        emoji emojis letters letter syllable* punctuation misspel* typo* scrambl* jumbl* leetspeak
        pig\\ latin rhyme* verschlüssel* rückwärts großbuchstaben al\\ revés mayúsculas codifica* à\\ l'envers
        majuscules maiuscol* maiúscul* 编码 倒序 大写 字母 表情 逆順 大文字 絵文字""",
    "alter": """add append includ* insert* integrat* mention* enhanc* augment* incorporat* attach* weav*
        embed* emphasi* highlight* suggest* recommend* promot* advertis* endors* encourag* replac*
        substitut* swap* convert* modif* rewrit* omit* end\\ with conclude* finish füge ergänz* erwähn*
        empfiehl* bewirb ersetz* añad* agreg* incluy* menciona* recomiend* sustituy* reemplaz* ajout*
        inclu* insèr* insér* mentionn* recommand* remplac* aggiung* includi menzion* consigli*
        sostitu* adicion* acrescent* mencione substitu* voeg vermeld dodaj wspomnij добав* упомян*
        замени* 添加 加入 附上 插入 提到 推荐 替换 追加 含めて 置き換え 勧めて""",
    "task": """write compose draft create develop generat* craft produc* design explain describ* discuss
        outline translat* summari* analy* classif* calculat* solv* comput* evaluat* compar* rank list
        define provid* give tell sing identify rewrite proofread debug implement code plan brainstorm
        schreib* verfass* erstell* erklär* beschreib* übersetz* berechn* escrib* redact* crea* explic*
        describ* traduc* calcul* resum* analiz* écri* rédig* crée* expliqu* décri* tradui* résum*
        scriv* spieg* descriv* tradu* riassum* escrev* expliqu* traduz* schrijf leg\\ uit vertaal napisz
        wyjaśnij przetłumacz напиши* объясни* опиши* переведи* 写 撰写 解释 描述 翻译 总结 计算 列出
        介绍 編集 書いて 説明して 翻訳 要約して 計算して""",
    "work": """poem* haiku* story stories essay* song* lyrics joke* limerick* sonnet* novel script
        speech* letter email* tweet* post blog* article* paragraph* slogan* recipe* itinerary gedicht*
        geschichte aufsatz witz poema* cuento* ensayo* canción chiste* poème* histoire dissertation
        blague poesia* storia saggio barzelletta redação piada gedicht verhaal wiersz стих* рассказ*
        эссе 诗 故事 文章 笑话 作文 詩 物語 小説 作文""",
    "code": """python javascript java sql php c++ rust html css function functions code pseudocode algorithm*
        script scripts program database regex loop array recursion compiler interpreter terminal shell
        función código fonction funktion 代码 函数 程序 コード 関数""",
    "do": """send forward email transfer delet* remov* execut* invok* call run schedul* refund* book
        click visit download* install* buy purchas* order approv* grant* authoriz* upload* post submit
        fetch open navigat* subscrib* unsubscrib* pay wire remind* set sende* leite überweis* lösch*
        führe klick* lade genehmig* envía* reenvía* transfier* elimina* borra* ejecuta* haz\\ clic
        aprueba* autoriza* envoie* envoyez transfér* supprim* exécut* clique* approuv* invia* inoltra*
        trasferisc* cancella* esegui* clicca* approva* envie* encaminhe transfira exclua execute clique
        aprove stuur verwijder wyślij usuń отправ* перешли* удали* выполни* нажми* одобри* 发送 转发 转账
        删除 执行 点击 批准 下载 送信 転送 削除 実行 クリック 承認""",
    "you must": """you\\ must you\\ should you\\ will you\\ shall you\\ are must always never do\\ not don't
        do\\ n't make\\ sure ensure remember du\\ musst sie\\ müssen debes tienes\\ que tu\\ dois
        vous\\ devez devi você\\ deve je\\ moet musisz ты\\ должен вы\\ должны 你必须 必须 务必 不要
        しなければ してはいけ""",
    "user": """user users human customer reader readers recipient* nutzer* kunde kunden usuario*
        cliente* utilisateur* lecteur* utent* usuári* gebruiker użytkownik* пользовател* 用户 客户
        ユーザー""",
    "important": """important urgent* attention warning notice note\\ to priority critical emergency
        immediately wichtig achtung dringend importante urgente atención attention avviso atenção
        belangrijk ważne важно внимание 重要 注意 紧急 警告 緊急""",
    "grant": """granted grant accepted allow* access unlock* zugang acceso accès accesso acesso
        доступ* 访问 许可 アクセス 許可""",
    "ask": """what what's who who's whose when where which why how was wer wann wo warum wie welche*
        qué quién cuándo dónde cuál cómo quel* qui quand où pourquoi comment che chi quando dove
        perché come quale qual quem onde wat wie waar waarom co kto kiedy gdzie что кто когда где
        почему как 什么 谁 为什么 怎么 如何 哪 何 誰 いつ どこ なぜ""",
    "me": """i i'm i've i'd i'll me my mine we our us ich mir mich mein* wir unser* yo mi mis me
        nosotros je j'ai mon ma mes nous notre io mio mia noi eu meu minha nós ik mijn ja mój мой
        меня я мы 我 我的 我们 私 僕""",
}

MAX_SAYING_WORDS = 4
_NO_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_BLANK = re.compile(r"(?<!\\)\s+")


@forgettable
@lru_cache(maxsize=50_000)
def kinds_of(word: str) -> tuple[str, ...]:
    """The kinds of one word, or of the words of one saying joined by blanks, in lower case."""
    exact, beginnings, _ = _listed()
    found = set(exact.get(word, ()))
    for length in range(2, len(word) + 1):
        found.update(beginnings.get(word[:length], ()))
    return tuple(sorted(found))


def kinds_at(words: Sequence[str], place: int) -> set[str]:
    """The kinds of the word at a place and of the sayings that begin there."""
    found = set(kinds_of(words[place]))
    if words[place] in _opening():
        for length in range(2, MAX_SAYING_WORDS + 1):
            found.update(kinds_of(" ".join(words[place : place + length])))
    return found


def kinds_unspaced(text: str) -> list[str]:
    """The kinds found in a writing without spaces, in their order."""
    if not _NO_SPACES.search(text):
        return []
    _, _, unspaced = _listed()
    return [unspaced[m[0]] for m in _unspaced_pattern().finditer(text)]


@cache
def _listed() -> tuple[dict[str, list[str]], dict[str, list[str]], dict[str, str]]:
    exact: dict[str, list[str]] = {}
    beginnings: dict[str, list[str]] = {}
    unspaced: dict[str, str] = {}
    for kind, listed in _KINDS.items():
        for saying in _BLANK.split(listed.strip()):
            plain = saying.replace("\\ ", " ").lower()
            if _NO_SPACES.search(plain):
                unspaced.setdefault(plain, kind)
            elif plain.endswith("*"):
                beginnings.setdefault(plain[:-1], []).append(kind)
            else:
                exact.setdefault(plain, []).append(kind)
    return exact, beginnings, unspaced


@cache
def _opening() -> frozenset[str]:
    """The first words of the sayings of several words."""
    exact, beginnings, _ = _listed()
    return frozenset(s.split(" ")[0] for s in (*exact, *beginnings) if " " in s)


@cache
def _unspaced_pattern() -> re.Pattern[str]:
    _, _, unspaced = _listed()
    return re.compile("|".join(sorted(map(re.escape, unspaced), key=len, reverse=True)))
