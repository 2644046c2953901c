"""How each language joins requests, begins them and points back: words as data, no rule.

A word list is one string; phrases of several words stand in lines of their own. A language that is
not here is cut by its punctuation alone.
"""

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Tongue:
    """The words of one language that tell where a request begins."""

    more: str  # phrases, one a line: surely another matter follows
    both: str  # "and"
    next: str  # "and then"
    contrast: str  # "but", "or": mostly one matter goes on
    ask: str  # question words
    verbs_first: str  # verbs that begin a question
    me: str  # the one who writes
    subjects: str  # who or what else a sentence begins with
    wish: str  # phrases, one a line, that say what one wants
    do: str  # verbs that tell somebody to do something
    back: str  # words that point back
    bound: str  # words that begin a clause which hangs on the one before
    leads: str  # words after which a question word begins no question of its own
    polite: str  # words before a request that carry nothing

    @cached_property
    def phrases(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Joining phrases with their kind, the longest first."""
        lists = (("more", self.more), ("next", self.next), ("and", self.both))
        found = [(kind, tuple(p.split())) for kind, text in lists for p in _lines(text)]
        found += [("but", (word,)) for word in self.contrast.split()]
        return tuple(sorted(found, key=lambda item: -len(item[1])))

    @cached_property
    def joints(self) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
        """The joining phrases by their first word."""
        found: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        for kind, phrase in self.phrases:
            found.setdefault(phrase[0], []).append((kind, phrase))
        return found

    @cached_property
    def wishes(self) -> dict[str, list[tuple[str, ...]]]:
        """The phrases that begin a wish, as words, by the first of them."""
        found: dict[str, list[tuple[str, ...]]] = {}
        for phrase in (tuple(p.split()) for p in _lines(self.wish)):
            found.setdefault(phrase[0], []).append(phrase)
        return found

    @cached_property
    def sets(self) -> dict[str, frozenset[str]]:
        """The word lists by their field's name."""
        names = ("ask", "verbs_first", "me", "subjects", "do", "back", "bound", "leads", "polite")
        return {name: frozenset(getattr(self, name).split()) for name in names}


def tongue(language: str) -> Tongue | None:
    """The words of a language by its code, None where we have none."""
    return _TONGUES.get(language[:2].lower())


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


_EN = Tongue(
    more="""
        and another thing
        another thing
        another question
        one more thing
        one more question
        one other thing
        another issue
        second question
        and also
        and by the way
        by the way
        and in addition
        in addition
        in addition to that
        additionally
        and additionally
        furthermore
        moreover
        also
        plus
        and plus
        besides
        besides that
        apart from that
        on top of that
        as well as
        and secondly
        secondly
        and finally
        finally
        lastly
        and lastly
        on another note
        separately
        while i'm at it
        while i have you
        while we're at it
        next question
        btw
        p.s
        ps
        oh and
    """,
    both="""
        and
        &
    """,
    next="""
        and then
        then
        and next
        and after that
        after that
        and afterwards
        afterwards
        and if so
        if so
    """,
    contrast="but or so",
    ask="what what's whats when where where's who who's whom whose which why how how's hows",
    verbs_first="""
        can can't cant could couldn't do does did don't doesn't didn't is isn't are aren't was wasn't
        were will won't would wouldn't should shouldn't shall may might must have has had haven't
        hasn't am any anyone
    """,
    me="i i'm im i'd i've ive i'll my mine we we're we've our",
    subjects="""
        the this that these those there
        there's theres it it's its they they're you your he she his her their someone somebody
        something nobody nothing no a an
    """,
    wish="""
        i want
        i wanna
        i need
        i would like
        i would love
        i wish
        i'd like
        i'd love
        i'd rather
        i have to
        i have a question
        i am looking
        i'm looking
        im looking
        i am trying
        i'm trying
        i was wondering
        i wonder
        i wanted
        we want
        we need
        we would like
        we'd like
        need to
        want to
        looking for
        need help
        help me
        let me
        let's
        lets
        is there
        are there
        is it possible
        what about
        how about
        do you
        can i
        can you
        could you
        would you
        will you
        can we
    """,
    do="""
        add ask answer activate arrange allow assist block book bring buy call cancel change charge check
        choose clear close compare complete confirm connect contact convert count correct create deactivate
        define delete deliver describe disable display download email enable enter estimate exchange
        explain extend fetch find fix forward freeze get give go guide hand help hold identify include
        increase inform issue keep label let list locate lock log look lower mail make mark move name
        need notify offer open order organize pause pay pick place plan play please post prepare
        print process provide purchase put raise rate read reactivate recommend redirect reduce refund
        register remind remove renew repeat replace reply report request reschedule reserve reset
        resend restart restore resume return review reverse save say schedule search see select sell
        send set share ship show skip sort speak spell start stop submit subscribe suggest switch
        switching talk teach tell top track transfer translate transmit try turn unblock unlock
        unsubscribe update upgrade upload use validate verify waive want watch withdraw write
    """,
    back="it its it's they them their that this these those one ones there he she his her same such",
    bound="""
        because since if when while who whom which that although though unless until as than so where
        whether after before
    """,
    leads="""
        know knowing tell me us see understand wonder wondering sure ask asking asked explain explaining
        check idea about on of for to in at by with from if that when because and or but so than as
        the a an my your is are was were be not no exactly just only even out find decide show clue
        question regarding say says matter like into through depends why how what where who which
        learn confused knows remember
    """,
    polite="please hi hello hey ok okay well oh um uh so now sorry thanks thank kindly just maybe",
)
_DE = Tongue(
    more="""
        und außerdem
        außerdem
        und auch
        ausserdem
        und noch etwas
        noch etwas
        und noch eine frage
        noch eine frage
        eine weitere frage
        darüber hinaus
        des weiteren
        zusätzlich
        und zusätzlich
        übrigens
        und übrigens
        sowie
        zudem
        und zudem
        ferner
        zweitens
        und zweitens
        zum schluss
        abgesehen davon
        nebenbei
        ebenso
        ansonsten
    """,
    both="""
        und
    """,
    next="""
        und dann
        dann
        danach
        und danach
        anschließend
        und anschließend
        und falls ja
        falls ja
        wenn ja
        und wenn ja
    """,
    contrast="aber oder doch",
    ask="""
        was wie wo wann warum wieso weshalb wer wen wem wessen welche welcher welches welchen welchem
        wohin woher wofür womit worauf wozu wieviel wieviele
    """,
    verbs_first="""
        kann kannst können könnt könnte könnten könntest darf dürfen muss müssen soll sollte sollen
        ist sind war waren wird werden wurde hat habe haben habt hätte gibt gäbe geht funktioniert
        kostet kosten bieten bietet verkauft verkaufen liefert liefern akzeptiert akzeptieren nehmen
        nehmt macht machen bekomme bekommen kommt brauche brauchen braucht lässt bin
    """,
    me="ich wir mein meine meinen meinem meiner meins mir mich unser unsere uns",
    subjects="""
        der die das ein eine einen es er sie man ihr ihre du dieser diese dieses jemand niemand leider
    """,
    wish="""
        ich möchte
        ich will
        ich brauche
        ich hätte gern
        ich hätte gerne
        ich würde gern
        ich würde gerne
        ich suche
        ich benötige
        ich wollte
        wir möchten
        wir brauchen
        wir wollen
        gibt es
        was ist mit
        wie sieht es mit
        können sie
        könnten sie
        kannst du
        kann ich
        kann man
        haben sie
        habt ihr
        hast du
        ist es möglich
    """,
    do="""
        bitte zeig zeige zeigen sag sage sagen schick schicke schicken sende senden storniere stornieren
        ändere ändern buche buchen bestelle bestellen finde finden such suche suchen gib geben nenne
        nennen erkläre erklären hilf helfen lösche löschen sperre sperren öffne prüfe prüfen verbinde
        verbinden ruf rufen spiel spiele setze setzen stell stelle stellen reserviere reservieren
        erinnere übersetze kündige kündigen aktualisiere aktualisieren schau schauen
    """,
    back="es das sie ihn ihm ihr dies diese dieser dieses dort da darin davon damit dafür er die der",
    bound="weil da wenn falls während dass ob obwohl damit bis denn sodass als bevor nachdem",
    leads="""
        wissen weiß weiss sagen mir uns sehen verstehen frage fragen fragte sicher erklären ob dass wenn
        weil und oder aber der die das ein eine mein ist sind nicht nur genau in an auf von zu für mit
        bei über davon darauf
    """,
    polite="bitte hallo hi guten tag ok okay also nun äh entschuldigung danke mal eben",
)
_ES = Tongue(
    more="""
        y también
        también
        además
        y además
        aparte
        y aparte
        otra cosa
        y otra cosa
        otra pregunta
        y otra pregunta
        una pregunta más
        una cosa más
        por cierto
        y por cierto
        por otro lado
        por otra parte
        así como
        asimismo
        en segundo lugar
        por último
        y por último
        adicionalmente
    """,
    both="""
        y
        e
    """,
    next="""
        y luego
        luego
        después
        y después
        y entonces
        entonces
        y si es así
        si es así
        en ese caso
        y en ese caso
    """,
    contrast="pero o u sino",
    ask="qué que cómo como cuándo cuando dónde donde cuál cual cuáles cuánto cuanto cuánta cuántos cuántas quién quiénes adónde",
    verbs_first="""
        puedo puede pueden podría podrían podemos tengo tiene tienen tenéis hay es son está están era
        será se me hacen aceptan envían venden cuesta cuestan debo debe ofrecen
    """,
    me="yo mi mis me nosotros nuestro nuestra nos",
    subjects="el la los las un una este esta ese esa esto eso ellos alguien nadie no se",
    wish="""
        quiero
        quería
        quisiera
        necesito
        me gustaría
        me interesa
        busco
        estoy buscando
        deseo
        queremos
        necesitamos
        es posible
        hay
        tienen
        puedo
        puede
        pueden
        podría
        podrían
        qué tal
    """,
    do="""
        dime dígame muéstrame enséñame envíe envía envíame mándame cancela cancele cambia cambie reserva
        reserve busca busque encuentra pon ponga añade añada dame deme explica explique ayúdame ayúdeme
        bloquea bloquee borra borre elimina elimine abre actualiza actualice revisa revise llama llame
        conécteme recuérdame traduce
    """,
    back="lo la los las le les esto eso ese esa esos esas ello ellos ellas allí ahí él ella",
    bound="porque si cuando mientras aunque para hasta pues ya donde quien antes después",
    leads="""
        saber sé sabe decir decirme dime me ver entender pregunto pregunta seguro explicar si que porque
        y o pero el la los las un una mi es son está no de en a con por para sobre
    """,
    polite="por favor hola buenas buenos ok bueno pues gracias perdón disculpe oiga",
)
_FR = Tongue(
    more="""
        et aussi
        aussi
        et en plus
        en plus
        de plus
        et de plus
        par ailleurs
        et par ailleurs
        en outre
        autre chose
        et autre chose
        autre question
        une autre question
        et une autre question
        encore une question
        au fait
        et au fait
        d'ailleurs
        et d'ailleurs
        ainsi que
        également
        et également
        deuxièmement
        et enfin
        enfin
        pour finir
        sinon
        et sinon
    """,
    both="""
        et
    """,
    next="""
        et puis
        puis
        et ensuite
        ensuite
        et après
        et alors
        et si oui
        si oui
        dans ce cas
        et dans ce cas
    """,
    contrast="mais ou",
    ask="""
        que quoi qu'est-ce comment quand où quel quelle quels quelles combien pourquoi qui lequel laquelle
        lesquels à-t-il
    """,
    verbs_first="""
        puis-je peut-on pouvez-vous pourriez-vous est-ce avez-vous as-tu y-a-t-il existe-t-il livrez-vous
        êtes-vous faites-vous vendez-vous acceptez-vous peux-tu dois-je faut-il est-il sont-ils est-elle
        proposez-vous ai-je
    """,
    me="je j'ai j'aimerais mon ma mes nous notre nos",
    subjects="le la les un une ce cette il elle ils elles on vous votre quelqu'un personne ça c'est",
    wish="""
        je veux
        je voudrais
        je souhaite
        je souhaiterais
        je cherche
        j'aimerais
        j'ai besoin
        nous voulons
        nous voudrions
        nous souhaitons
        est-ce que
        y a-t-il
        est-il possible
        puis-je
        pouvez-vous
        avez-vous
        qu'en est-il
    """,
    do="""
        dites dis montrez montre envoyez envoie annulez annule changez change réservez réserve cherchez
        cherche trouvez trouve donnez donne donnez-moi dites-moi montrez-moi envoyez-moi expliquez
        explique expliquez-moi aidez-moi aide-moi bloquez bloque supprimez supprime ouvrez ajoutez ajoute
        vérifiez vérifie appelez rappelez-moi mettez mets jouez joue traduisez
    """,
    back="il elle ils elles le la les lui leur ça cela ceci celui celle ceux y en ce",
    bound="parce car si quand lorsque pendant que qui puisque bien pour jusqu dont comme avant après",
    leads="""
        savoir sais sait dire moi nous voir comprendre demande demander sûr expliquer si que car parce et ou
        mais le la les un une mon ma est sont pas de en à avec par pour sur dans du des
    """,
    polite="s'il vous plaît svp bonjour salut bonsoir ok alors bon merci pardon excusez-moi",
)
_TONGUES = {"en": _EN, "de": _DE, "es": _ES, "fr": _FR}
