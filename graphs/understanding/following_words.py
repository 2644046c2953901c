"""Words that tie a question to the one before it, by language, without their accents."""

from collections.abc import Mapping

FOLLOWS: Mapping[str, str] = {
    "en": "and|what about|how about|and what about|and how about|also|or|so|then|plus|ok and|okay and|what if its|and also",
    "de": "und|was ist mit|und was ist mit|wie sieht es mit|wie sieht es aus mit|und wie sieht es mit|wie ist es mit|oder|und auch|und wie ist es mit|dann",
    "es": "y|qué tal|y qué tal|y qué pasa con|qué pasa con|y en cuanto a|en cuanto a|o|y también|y si es",
    "fr": "et|qu'en est-il de|qu'en est-il du|qu'en est-il des|qu'en est-il|et qu'en est-il|et qu'en est-il de|et qu'en est-il du|ou|et si c'est|et aussi",
    "it": "e|ed|che dire di|e che dire di|e invece|invece|o|oppure|e se è|e anche|quanto a",
    "pt": "e|e quanto a|quanto a|que tal|e que tal|ou|e se for|e também|e quanto ao|e quanto à",
}
POINTS_BACK = frozenset(
    """it its they them this that these those one ones there he she
    es das dies diese dieser diesen dieses ihn ihm ihr dort davon dafur damit darin sie
    esto eso ese esa esos esas ello ellos ellas alli ahi lo
    il elle ils elles ca cela ceci celui celle ceux
    questo questa quello quella esso essa li ci ne
    isso isto esse essa ele ela eles elas ali aquilo la""".split()
)
QUESTIONS = frozenset(
    """what whats how hows when whens where wheres which who whos why can could do does did is are was were
    will would should may have has is tell show give i im id
    was wie wo wann warum welche welcher welches wer kann konnen konnte gibt hat haben ist sind darf muss ich
    que como cuando donde cual cuales quien cuanto cuanta cuantos cuantas puedo puede pueden tienen hay es son
    quoi comment quand ou quel quelle quels quelles combien qui pourquoi puis peut pouvez avez est
    che cosa come quando dove quale quali chi quanto quanta quanti posso puo potete avete e sono
    o qual quais onde quem quantos quantas posso pode podem tem ha sao""".split()
)
PREPOSITIONS = frozenset(
    """for to in on at with without from by during after before under over near
    fur nach mit ohne in im am an auf bei von aus zum zur vor unter
    para con sin a al en de del desde por
    pour avec sans dans en au aux chez depuis sur
    per con senza da di del della nel nella su dal dalla
    com sem no na nos nas do da dos das ao aos""".split()
)
AND = frozenset("and und y e et ed".split())  # with nothing more: "and also" brings another matter
FIRST_PERSON = frozenset("i we ich wir yo nosotros je on nous io noi eu nos".split())
MAY_I = frozenset(  # verbs that say "I" themselves
    "puedo podemos debo debemos tengo posso possiamo devo dobbiamo podemos devemos tenho".split()
)
PARTICLES = frozenset("zuruck back away off ab an aus ein um weiter".split())  # half of a verb
ARTICLES = frozenset(
    """the a an my your our their one
    der die das den dem ein eine einen einem einer mein meine
    el la los las un una mi
    le les une mon ma mes l
    il lo gli i uno
    o os as um uma meu minha""".split()
)
_CLASSES = {
    "colour": """red blue green yellow black white grey gray brown pink purple orange silver gold beige navy
        rot rote roten roter rotes blau blaue blauen blauer blaues grun grune grunen gruner gelb gelbe gelben
        schwarz schwarze schwarzen schwarzer weiss weisse weissen grau graue grauen braun braune lila rosa
        rojo roja rojos azul azules verde verdes amarillo amarilla negro negra negros blanco blanca gris marron morado
        rouge rouges bleu bleue bleus vert verte verts jaune jaunes noir noire noirs blanc blanche brun violet
        rosso rossa rossi blu verdi giallo gialla nero nera bianco bianca grigio grigia viola marrone
        vermelho vermelha preto preta branco branca amarelo amarela cinza cinzento roxo castanho""",
    "day": """monday tuesday wednesday thursday friday saturday sunday today tomorrow mondays tuesdays wednesdays
        thursdays fridays saturdays sundays
        montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag heute morgen montags dienstags
        mittwochs donnerstags freitags samstags sonntags
        lunes martes miercoles jueves viernes sabado sabados domingo domingos hoy manana
        lundi mardi mercredi jeudi vendredi samedi dimanche aujourdhui demain
        lunedi martedi mercoledi giovedi venerdi domenica oggi domani
        segunda terca quarta quinta sexta hoje amanha""",
    "month": """january february april june july august september october november december
        januar februar marz mai juni juli oktober dezember
        enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
        janvier fevrier mars avril juin juillet aout septembre octobre novembre decembre
        gennaio febbraio aprile maggio giugno luglio settembre ottobre novembre dicembre
        janeiro fevereiro marco maio junho julho setembro outubro novembro dezembro""",
    "size": """small medium large tiny big xs s m l xl xxl klein kleine kleinen gross grosse grossen mittel
        mittlere pequeno pequena grande grandes mediano mediana petit petite moyen moyenne piccolo piccola medio media""",
}
CLASSES: Mapping[str, str] = {
    word: name for name, words in _CLASSES.items() for word in words.split()
}
