"""Words that are written large without being names: what sentences begin with, German nouns.

Light on purpose: what the list lacks must stand in the passage, or its sentence is not shown.
"""

from collections.abc import Mapping
from functools import cache

from tenants.finding.languages import little_words

_OPENERS: Mapping[str, str] = {
    "en": """
        yes no not sure certainly sorry thanks thank hello hi hey dear please also however otherwise instead
        therefore then thus so because since while although though unless until once after before during
        within without under over above below between among around across per each every all any some
        most many more less few several both either neither none one another other others such same just
        only even still already yet always never often usually sometimes generally typically normally
        simply currently unfortunately additionally alternatively furthermore moreover besides finally first second third
        next last here there now today you your yours we our ours us they their them it its he she his her i my
        this that these those what which who whom whose when where why how whether if as at by for from in
        into of off on onto out through to toward towards up down with is are was were be been being am do
        does did have has had can could may might must shall should will would let let's make use go get
        send write call contact visit see check click open log sign choose select enter follow keep note
        remember bring take give return ask tell try start stop wait pay order buy book find need want apply
        fill download update change cancel track pack put add remove place provide include register reply
        customers customer orders returns refunds refund delivery deliveries shipping shipment parcels parcel
        packages payment payments items item products product goods service services questions question
        answer support staff team teams colleagues colleague members member guests guest users user people
        children kids adults students visitors everyone everybody someone nobody anyone price prices cost
        costs fees fee charges charge tickets ticket rooms room store stores shop shops website page account
        accounts email information details detail time times hours days weeks months years opening closing
        breakfast parking pets animals smoking check-in check-out entry access money part parts according
        depending based given regarding concerning unlike like good great new standard express free
    """,
    "de": """
        ja nein nicht leider gern gerne danke bitte hallo auch jedoch sonst stattdessen deshalb daher dann so
        weil da während obwohl wenn falls sobald nach vor innerhalb ohne unter über zwischen um pro je jede
        jeder jedes alle einige viele mehr weniger beide kein keine nur sogar noch schon immer nie oft meist
        meistens normalerweise üblicherweise derzeit aktuell zusätzlich außerdem alternativ schließlich
        zuerst zunächst hier dort jetzt heute sie ihr ihre ihren ihnen wir unser unsere uns es er du dein deine ich
        mein dies diese dieser dieses das der die den dem des ein eine einer einem einen was wer wie wo wann
        warum welche ob als am an auf aus bei beim bis durch für gegen im in mit ohne seit von vom zu zum zur
        ist sind war waren wird werden kann können darf dürfen muss müssen soll sollen haben hat gibt
        senden schreiben rufen besuchen sehen prüfen klicken öffnen wählen geben folgen behalten beachten
        bringen nehmen fragen versuchen warten zahlen bestellen kaufen buchen finden füllen laden ändern
        stornieren verpacken legen wenden nutzen verwenden melden rufen dauert kostet gilt gelten bietet
        liefert liefern bleibt braucht brauchen erhält erhalten funktioniert
    """,
    "es": """
        sí no claro lamentablemente gracias hola por también sin embargo además entonces así porque mientras
        aunque si cuando después antes durante dentro bajo sobre entre alrededor cada todo todos todas
        algunos algunas muchos muchas más menos ambos ninguno ninguna solo sólo incluso todavía aún ya
        siempre nunca normalmente generalmente actualmente alternativamente finalmente primero luego aquí
        allí ahora hoy usted ustedes su sus nosotros nuestro nuestra nuestros nuestras ellos ellas él ella
        yo mi tú tu tus este esta estos estas ese esa esos esas esto eso qué que cuál quién cómo dónde
        cuándo a al ante con contra de del desde el la los las lo un una en hacia hasta para según tras es
        son era está están hay puede pueden podrá debe deben tiene tienen hemos ha han será serán se le les
        nos me te envíe escriba llame visite consulte haga abra elija siga guarde recuerde traiga tome dé
        pregunte intente espere pague compre reserve busque rellene descargue cambie cancele ponga use
        contacte devuelva solicite póngase diríjase los envíos pedidos devoluciones clientes productos precio
        pago entrega tarda cuesta aceptamos ofrecemos
    """,
    "fr": """
        oui non malheureusement merci bonjour aussi cependant sinon donc alors ainsi car parce pendant bien
        si quand lorsque après avant durant dans sous sur entre autour chaque tout tous toute toutes
        quelques plusieurs plus moins aucun aucune seul seulement même encore déjà toujours jamais souvent
        habituellement généralement actuellement enfin d'abord ensuite ici là maintenant aujourd'hui vous
        votre vos nous notre nos ils elles il elle on je j'ai mon ma mes tu ton ta tes ce cet cette ces cela
        ça c'est que qui quoi quel quelle quels quelles comment où pourquoi combien à au aux avec chez
        contre de des du depuis en jusqu'à jusqu'au le la les l'article un une par pour sans selon vers est
        sont était sera seront peut peuvent pouvez doit doivent devez avez avons ont a y veuillez envoyez
        écrivez appelez visitez consultez cliquez ouvrez choisissez suivez gardez notez apportez prenez
        donnez demandez essayez attendez payez commandez achetez réservez trouvez remplissez téléchargez
        modifiez annulez mettez utilisez contactez retournez livraison livraisons commandes retours clients
        produits prix paiement
    """,
}
_SUFFIXES: Mapping[str, tuple[str, ...]] = {
    "en": ("ing", "ly", "tion", "tions", "ment", "ments", "ness", "ability", "ities", "ity", "ance"),
    "es": ("mente", "ción", "ciones", "amos", "emos", "imos", "dad", "dades", "ando", "ará", "erá", "irá", "arán", "erán", "irán", "iendo"),
    "fr": ("ment", "tion", "tions", "ez", "ons", "té", "tés", "age", "ages"),
}  # fmt: skip
_GERMAN_NOUNS = """
    abend abholung absender adresse alter änderung anfang anfrage angabe angebot anleitung anmeldung anruf
    antrag antwort anzahl arbeit arbeitstag art artikel aufenthalt auftrag ausgabe auskunft ausnahme ausweis
    auswahl auto automat bahn bank bar bargeld batterie bedarf bedingung beispiel beleg benutzer bereich bescheid beschreibung
    besuch besucher betrag betrieb bild bitte brief buch buchung büro code computer dame datei daten datum
    dauer defekt dienst ding dokument drucker ecke eingang einkauf einlass eintritt eltern ende erhalt erlaubnis
    ermäßigung ersatz erstattung erwachsene erwachsener fahrt fahrrad fall familie farbe fehler fenster feiertag ferien film filiale
    firma form formular foto frage frau freude frist frühstück fuß garantie gast gäste gebiet gebühr gegenstand
    geld gepäck gerät geräte geschäft geschenk gesicht gespräch gewicht grenze größe grund gruppe gutschein gutschrift
    hand handy haus haushalt haustier heft heim hemd herr herren herstellung herz hilfe hinweis hinweise hof höhe hotel hund hunde information informationen inhalt
    internet jahr jugendliche karte karten kasse kategorie kauf käufer kind kinder kleidung koffer kollege kollegen kollegin konto kontakt kopie kosten
    kredit kreditkarte küche kunde kunden kundin land länder länge laden lager lastschrift leben leistung licht lieferung liste link luft mail mann mangel mängel
    marke markt material mensch menschen menge minute mitarbeiter mitarbeiterin mittag mitte mitternacht mobil mögliche möglichkeit moment monat morgen motor möbel mühe musik muster nachmittag nachricht
    nacht name namen natur nummer nutzer nutzung öffnung ordnung original ort paar paket papier park parkplatz partner passwort pause person personen
    pfand pflege plan platz post postfach preis preise problem produkt produkte programm prozent prüfung punkt quittung rabatt rahmen raten raum räume
    rechnung recht regel regeln region reise rest retoure richtung rückgabe rückruf rücksendung ruhe sache sachen saison schaden schäden schalter scheck schein schlüssel schluss schritt
    schuh schuhe schule schüler schutz seite sekunde sendung senioren serie service sicherheit situation sohn sommer sorge standard start stadt stelle
    steuer stoff stock strafe strasse straße strom stück student studenten stunde suche system tag tage tarif tasche teil teile telefon termin text ticket
    tier tiere tisch tochter ton tür typ übersicht uhr umfang umtausch umzug unterlagen unterschied unterschrift urlaub ursache verbindung verein verfügung verkauf verlust
    vermittlung verpackung versand versicherung versuch vertrag verwendung vorgang vormittag vorrat vorteil wahl ware waren wasser weg weise welt werk wert wetter widerruf winter
    woche wochenende wohnung wort wunsch zahl zahlung zeit zeitraum zettel ziel zimmer zoll zugang zugriff zukunft zusage zusatz zustand zustellung zweck
"""
_GERMAN_SUFFIXES = (
    "ung", "ungen", "heit", "heiten", "keit", "keiten", "schaft", "schaften", "tion", "tionen", "tät",
    "ismus", "ment", "nis", "nisse", "chen", "lein", "tum", "ling", "ierung", "anz", "enz", "ik", "ur",
)  # fmt: skip
_GERMAN_ENDINGS = ("", "s", "es", "e", "n", "en", "er", "ern")


def opens_sentences(word: str, language: str) -> bool:
    """Whether a word at the beginning of a sentence is none that needs a source."""
    plain, language = word.casefold().replace("’", "'"), language[:2]
    if plain in _openers(language) or plain in little_words(language):
        return True
    head = plain.partition("'")[0]
    if head in {"it", "that", "what", "there", "here", "we", "you", "they", "i", "he", "she", "let", "don", "doesn", "can", "l", "d", "c", "s", "n", "qu", "j", "m", "t"}:  # fmt: skip
        return "'" in plain
    if language == "de" and plain.startswith("ge") and plain.endswith(("t", "en")):
        return len(plain) > 5  # a participle
    return len(plain) > 5 and plain.endswith(_SUFFIXES.get(language, ()))


def is_german_noun(word: str) -> bool:
    """Whether a German word written large is an everyday noun, or is composed of one."""
    plain = word.casefold()
    if plain in _openers("de") or plain in little_words("de"):
        return True
    for ending in _GERMAN_ENDINGS:
        stem = plain.removesuffix(ending) if ending else plain
        if stem in _nouns() or any(
            stem.endswith(noun) for noun in _long_nouns() if len(stem) > len(noun) + 2
        ):
            return True
    return len(plain) > 6 and plain.endswith(_GERMAN_SUFFIXES)


@cache
def _openers(language: str) -> frozenset[str]:
    return frozenset(_OPENERS.get(language, "").split())


@cache
def _nouns() -> frozenset[str]:
    return frozenset(_GERMAN_NOUNS.split())


@cache
def _long_nouns() -> tuple[str, ...]:
    return tuple(noun for noun in _nouns() if len(noun) >= 4)
