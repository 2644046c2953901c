"""The words that people complain and praise with, by language and by weight; ours, reviewed by hand.

1: says something is wrong or well; 2: says that somebody is upset or delighted.
"""

WORDS: dict[str, dict[float, str]] = {
    "en": {
        -2: "terribl* horribl* awful* unacceptabl* disgust* ridiculous* outrag* furious* angry anger "
        "angrier disgrac* scam* fraud* liar* lied useless worst pathetic appall* rubbish garbage "
        "hate hated frustrat* fed incompetent joke infuriat* unbelievabl* shame* livid rude nightmare",
        -1: "bad badly poor* wrong broken problem* issue* disappoint* annoy* upset* unhappy slow late "
        "delay* damaged defect* faulty fail* missing complain* complaint* waste wasted confus* "
        "worse unfair sad worried waiting",
        1: "good nice thanks thank helpful happy glad fine pleased well appreciate* kind friendly fast "
        "quick easy works",
        2: "great excellent perfect* love loved lovely wonderful* amazing* awesome fantastic* "
        "brilliant* superb* delighted outstanding impressed best",
    },
    "de": {
        -2: "furchtbar* schrecklich* unverschämt* frechheit inakzeptabel* katastroph* wütend* sauer "
        "betrug betrüg* abzocke lächerlich* nutzlos* schlechteste* miserabel* unfassbar* empör* "
        "hasse frustrier* saftladen unmöglich* skandal* zumutung schlimmste* stinksauer",
        -1: "schlecht* falsch* kaputt* problem* fehler* enttäusch* ärger* nervt nervig langsam* "
        "verspät* beschädigt* defekt* fehlt fehlen beschwer* mangelhaft* leider schade traurig",
        1: "gut gute guter gutes nett* danke dank hilfreich* froh zufrieden* freundlich* schnell* "
        "einfach* gern gerne freut funktioniert",
        2: "super toll* großartig* perfekt* ausgezeichnet* wunderbar* fantastisch* hervorragend* "
        "klasse spitze begeistert* liebe beste* genial*",
    },
    "es": {
        -2: "terrible* horrible* pésim* inaceptable* asco vergüenza vergonzos* estafa* fraude furios* "
        "enfadad* enojad* indignad* ridícul* inútil* odio odia frustrad* mentira* mentiros* "
        "desastre* peor fatal hart* indignante*",
        -1: "mal mala malo malas malos problema* error* roto rota rotos rotas decepcion* molest* lent* "
        "tarde retras* dañad* defectuos* falla* falta queja* quejarme triste preocupad*",
        1: "bien buen bueno buena buenos buenas gracias útil* contento contenta feliz amable* rápid* "
        "fácil* funciona agradezco",
        2: "excelente* genial* perfect* maravillos* fantástic* increíble* encanta encantad* estupend* "
        "magnífic* mejor",
    },
    "fr": {
        -2: "terrible* horrible* affreux affreuse inacceptable* honte honteux honteuse scandal* arnaque* "
        "escroc* furieux furieuse colère ridicule* inutile* nul nulle pire déteste frustr* catastroph* "
        "lamentable* marre inadmissible* mensonge*",
        -1: "mauvais* mal problème* erreur* cassé* déçu* décevant* ennuy* lent* retard* abîmé* "
        "défectueux défectueuse panne manque plainte* plaindre triste inquiet inquiète",
        1: "bon bonne bons bonnes bien merci utile* content* heureux heureuse gentil* aimable* rapide* "
        "facile* fonctionne",
        2: "excellent* parfait* super génial* merveilleux merveilleuse formidable* fantastique* adore "
        "ravi* magnifique* meilleur*",
    },
    "it": {
        -2: "terribil* orribil* pessim* inaccettabil* vergogn* truffa* frode furios* arrabbiat* ridicol* "
        "inutil* odio schifo schifos* frustrat* disastr* peggior* indecent* incompetent* bugiard* "
        "scandalos*",
        -1: "male cattiv* brutto brutta sbagliat* rotto rotta rotti rotte problem* errore errori delus* "
        "delud* lent* ritard* danneggiat* difettos* guast* manca mancano reclam* lament* triste "
        "preoccupat*",
        1: "bene buon buono buona buoni buone grazie util* content* felice gentil* cortes* veloc* "
        "facil* funziona",
        2: "ottim* eccellent* perfett* fantastic* meraviglios* adoro stupend* magnific* bravissim* "
        "miglior* splendid*",
    },
    "pt": {
        -2: "terrível terríveis horrível horríveis péssim* inaceitáve* vergonh* golpe fraude furios* "
        "irritad* raiva ridícul* inútil inúteis odeio frustrad* desastre* pior absurd* mentira* "
        "mentiros* indignad* revoltad* nojo",
        -1: "mal mau má ruim ruins errad* quebrad* problema* erro erros dececion* decepcion* demora* "
        "lent* atras* danificad* defeito* defeituos* falha* falta reclam* queixa* triste preocupad*",
        1: "bem bom boa bons boas obrigad* útil úteis content* feliz gentil gentis simpátic* rápid* "
        "fácil fáceis funciona agradeço",
        2: "ótim* excelente* perfeit* maravilhos* fantástic* adoro adorei incríve* melhor espetacular*",
    },
}
NEGATIONS: dict[str, str] = {
    "en": "not no never nothing cannot without hardly neither nor dont doesnt isnt wasnt wont cant",
    "de": "nicht nie niemals kein keine keinen keiner keinem keinerlei ohne kaum weder nichts",
    "es": "no nunca jamás sin ni nada ningún ninguna ninguno tampoco",
    "fr": "pas jamais sans aucun aucune rien ni guère",
    "it": "non mai senza nessun nessuna nessuno niente né",
    "pt": "não nunca jamais sem nem nada nenhum nenhuma tampouco",
}
