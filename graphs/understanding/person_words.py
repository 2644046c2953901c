"""The words with which people ask for a person, by what they do in the sentence and by language.

One string a language, without accents; words joined by `_` stand side by side. The languages are
read together: a contact may mix them, and three words do not tell in which one they are written.
"""

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    # somebody who works for the business
    "staff": {
        "en": """agent agents operator operators representative representatives rep reps advisor advisors
            adviser supervisor supervisors manager managers superior boss colleague colleagues employee
            employees staff_member staff_members member_of_staff member_of_the member_of_your member_of_your_staff member_of_your_team
            someone_from_your_team somebody_from_your_team someone_from_the_team staff specialist consultant
            team_leader whoever_is_in_charge someone_in_charge somebody_in_charge whoever_is_responsible human_agent one_of_you person_in_charge support_agent member_of_the_team member_of_the_support_team member_of_your_support_team support_member owner director assistant_manager your_people""",
        "de": """mitarbeiter mitarbeiterin mitarbeitern mitarbeitende mitarbeitenden kollege kollegen kollegin
            berater beraterin beratern sachbearbeiter sachbearbeiterin ansprechpartner ansprechpartnerin
            vorgesetzten vorgesetzter vorgesetzte chef chefin vertreter bearbeiter servicemitarbeiter
            kundenberater kundenbetreuer betreuer angestellten jemand_aus_ihrem_team jemand_vom_team leiter
            filialleiter jemand_von_euch jemand_von_ihnen inhaber inhaberin besitzer direktor geschaftsfuhrer teamleiter supportmitarbeiter""",
        "es": """agente agentes operador operadora operadores asesor asesora representante empleado empleada
            encargado encargada jefe jefa supervisor supervisora companero companera companeros gerente
            responsable ejecutivo ejecutiva teleoperador comercial alguien_de_su_equipo alguien_del_equipo
            alguien_de_ustedes dueno duena director directora propietario""",
        "fr": """conseiller conseillere conseillers operateur operatrice agent agente employe employee responsable
            superieur collegue collegues collaborateur collaboratrice representant representante gerant
            manager charge_de_clientele teleconseiller membre_de_votre_equipe membre_de_l_equipe
            quelqu_un_de_votre_equipe quelqu_un_de_chez_vous chef directeur directrice patron proprietaire technicien""",
        "it": """operatore operatrice operatori agente consulente responsabile dipendente collega colleghi capo
            rappresentante addetto addetta incaricato impiegato impiegata direttore superiore
            qualcuno_del_vostro_team qualcuno_del_team qualcuno_di_voi direttrice titolare proprietario tecnico""",
        "pt": """atendente atendentes operador operadora agente consultor consultora assessor funcionario
            funcionaria funcionarios gerente supervisor supervisora responsavel colega colegas
            representante colaborador alguem_da_sua_equipe alguem_da_sua_equipa alguem_da_equipe
            alguem_da_equipa chefe dono dona diretor diretora proprietario tecnico""",
    },
    # a person as opposed to a machine
    "human": {
        "en": "human humans human_being human_beings hooman hunam living_soul human_support human_help human_assistance human_contact human_interaction human_operator",
        "de": "mensch menschen menschlichen menschliche menschlicher menschliches menschliche_hilfe menschliche_unterstutzung menschlichen_kontakt",
        "es": "humano humana humanos humanas ser_humano seres_humanos ayuda_humana atencion_humana soporte_humano contacto_humano",
        "fr": "humain humaine humains humaines etre_humain etres_humains aide_humaine assistance_humaine contact_humain support_humain",
        "it": "umano umana umani umane essere_umano esseri_umani aiuto_umano assistenza_umana contatto_umano supporto_umano",
        "pt": "humano humana humanos humanas ser_humano seres_humanos atendimento_humano ajuda_humana suporte_humano contato_humano",
    },
    "people": {
        "en": "person people persons guy bloke dude",
        "de": "person personen leute",
        "es": "persona personas gente",
        "fr": "personne personnes gens",
        "it": "persona persone",
        "pt": "pessoa pessoas gente",
    },
    "some": {
        "en": "someone somebody anyone anybody some1 any1 sum1 no_one noone nobody",
        "de": "jemand jemanden jemandem irgendjemand irgendwer irgendwen niemand niemanden niemandem da_wer wer_da",
        "es": "alguien algn nadie",
        "fr": "quelqu_un quelquun quelqun qqn qq1",
        "it": "qualcuno qlcn nessuno",
        "pt": "alguem algm ninguem",
    },
    "real": {
        "en": "real actual live alive living genuine proper true breathing physical",
        "de": "echt echte echten echter echtes richtig richtige richtigen richtiger richtiges real lebendig lebendigen wirklichen leibhaftigen",
        "es": "real reales verdadero verdadera viva vivo de_verdad de_carne_y_hueso fisica",
        "fr": "reel reelle reels vrai vraie vrais vraies vivant vivante en_chair_et_en_os physique",
        "it": "reale reali vero vera vere veri viva vivo in_carne_e_ossa fisica",
        "pt": "real reais verdadeira verdadeiro de_verdade viva vivo de_carne_e_osso fisica",
    },
    # a place where people answer
    "line": {
        "en": """customer_service customer_services customer_support customer_care customer_relations tech_support technical_support
            support_team live_chat live_support live_help help_desk service_desk call_center call_centre
            your_team your_staff support_staff support_person complaints_department to_support with_support from_support your_support support_rep support_reps""",
        "de": "kundenservice kundendienst kundenbetreuung kundensupport kundenberatung support_team live_chat livechat hotline ihrem_team eurem_team den_support vom_support dem_support an_support",
        "es": "atencion_al_cliente servicio_al_cliente servicio_de_atencion soporte_tecnico chat_en_vivo su_equipo atencion_personal con_soporte a_soporte de_soporte",
        "fr": "service_client service_clients service_clientele service_apres_vente sav support_client chat_en_direct votre_equipe le_support au_support du_support",
        "it": "servizio_clienti assistenza_clienti servizio_assistenza chat_dal_vivo vostro_team call_center il_supporto al_supporto l_assistenza all_assistenza",
        "pt": "atendimento_ao_cliente apoio_ao_cliente servico_ao_cliente suporte_ao_cliente chat_ao_vivo sac sua_equipe vossa_equipa atendimento_pessoal o_suporte ao_suporte do_suporte",
    },
    "reach": {
        "en": "talk talking speak speaking spk tlk speek chat chatting converse deal dealing reach contact discuss complain phone telephone hold get_hold get_ahold msg message",
        "de": "sprechen spreche reden rede chatten schreiben kontaktieren erreichen unterhalten wenden telefonieren quatschen kontakt beschweren unterhalten telefonisch",
        "es": "hablar hablo hable ablar chatear conversar comunicarme comunicar contactar tratar platicar charlar quejarme quejar contacto conversacion hablarle dirigirme",
        "fr": "parler parle discuter discute echanger contacter joindre chatter causer avoir_affaire dialoguer plaindre telephoner parlez parlais entretenir adresser contact",
        "it": "parlare parli parlo chattare contattare comunicare conversare discutere avere_a_che_fare conferire sentire lamentarmi rivolgermi rivolgere parlarne telefonare contatto dialogare parlar",
        "pt": "falar falo fala conversar contatar contactar comunicar tratar teclar dialogar reclamar falasse falarem contato contacto contatasse",
    },
    "link": {
        "en": "to with 2 w",
        "de": "mit zu an",
        "es": "con a",
        "fr": "a avec au",
        "it": "con a al",
        "pt": "com a para ao pro pra",
    },
    "want": {
        "en": "want need wanna prefer give gimme get require request demand fetch find bring send would_like id_like would_love looking_for ask_for asking_for have_had_it",
        "de": "will wil moechte mochte brauche brauch gib geben gebt bevorzuge verlange wunsche hatte_gern hatte_gerne fordere wollen hol holen brauchte brauchten",
        "es": "quiero kiero qiero quisiera necesito nesesito deme dame denme gustaria prefiero exijo solicito pongame ponme busco",
        "fr": "veux voudrais besoin donnez donne prefere souhaite souhaiterais exige aimerais jveux jvoudrais demande file",
        "it": "voglio vorrei vojo bisogno serve datemi dammi mi_dia preferisco desidero pretendo chiedo preferirei",
        "pt": "quero qero preciso gostaria queria prefiro exijo desejo me_de me_da deem solicito da_me",
    },
    "pass": {
        "en": "transfer connect connected escalated forward escalate redirect put_me pass_me hand_me hand_over pass_this hand_this pass_it hand_it patch_me route switch_me hook_me hook_up put_through get_me_through take_me_to bring_in loop_in put",
        "de": "verbinden verbinde verbindet durchstellen weiterleiten weiterverbinden ubergeben ubergib leiten leite verbindung stellen weitergeben eskalieren durch weitergeleitet weitergeleitet_werden verbunden durchgestellt uberstellen leitet ubergeben_sie holen hole",
        "es": "paseme pasame pasenme pasar transferir transfierame transfiereme comunicame comuniqueme conectame conecteme comunicarme deriva derivar derive derivame escalar escale pongame ponme remitir pongan pasen poner ponerme conectarme transferirme transfieran pasarme comunica comuniquen llame_a comunicas comunicarias pasas pasarias conectas",
        "fr": "passez passe transferez transferer transfere transmettez transmettre connectez redirigez orientez mettre_en_relation mettez_moi mise_en_relation basculez escaladez mis_en_relation entrer_en_relation relation rediriger orienter passer passez_moi passe_moi mettre",
        "it": "passi passami passatemi passare trasferire trasferitemi trasferiscimi mettetemi mettermi inoltrate inoltrare inoltra collegatemi collegare passarmi passate mettermi_in_contatto mettetemi_in_contatto in_contatto collegarmi parlarci mi_colleghi mi_colleghi_con mi_metta mi_mettete",
        "pt": "passe passa passar transferir transfere transfira encaminhe encaminhar encaminha conectar conecte direcione escalar passar_me por_em_contato coloque colocar chama chame chamar chamem transferem transferido transferida passas transferes",
    },
    "bot": {
        "en": "bot bots robot robots machine machines chatbot chatbots ai computer automated automation robo",
        "de": "bot bots roboter maschine maschinen chatbot chatbots computer ki automat automaten",
        "es": "bot bots robot robots maquina maquinas chatbot ia ordenador computadora",
        "fr": "bot bots robot robots machine machines chatbot ia ordinateur automate",
        "it": "bot robot macchina macchine chatbot ia computer risponditore",
        "pt": "bot bots robo robos maquina maquinas chatbot ia computador",
    },
    "refuse": {
        "en": "no_more enough dont do_not fed_up sick_of tired_of instead_of rather_than not_a not_with not_some stop hate stupid useless no not isnt aint cant_stand cannot_stand out_of_this leave away_from done_with hate_this without nor wont will_not refuse cannot cant",
        "de": "kein keine keinen keinem nicht_mit nicht_mehr_mit genug satt statt hasse blode bloder dammer nervt nicht raus weg ohne hasse keinerlei statt weigere",
        "es": "basta harto harta no_quiero cansado cansada en_vez_de odio nada_de estoy_harto ningun hartos no sin odio no_soporto no_aguanto",
        "fr": "plus_de marre assez pas_un pas_a pas_de au_lieu deteste ne_veux_pas ras_le_bol pas sans deteste supporte peux_plus ne_veux_plus veux_plus plus_parler",
        "it": "basta stufo stufa non_voglio stanco stanca invece odio niente nessun non_con non senza sopporto",
        "pt": "chega cansei farto farta nao_quero cansado cansada em_vez odeio nada_de sem nenhum nao aguento suporto",
    },
    # to get in touch with the one who writes
    "touch": {
        "en": "call_me call_us phone_me ring_me ring_us contact_me contact_us_back get_in_touch be_in_touch get_back_to_me write_to_me email_me text_me reach_out_to_me give_me_a_call give_me_a_ring come_to_the_phone be_contacted be_called contacted_by called_by call_back phone_back phone_us contact_us reach_me message_me email_us calls_me contacts_me called_back talk_to_me respond_to_me",
        "de": "anrufen zuruckrufen melden meldet kontaktieren ruft anruft zuruckruft kummern angerufen kontaktiert ruckrufen rufen meldest",
        "es": "llamarme llamar llame llamen llamarnos contactarme contacto contacte contactar escriba escribirme contactara llamara llamase contactado contactada escribiera",
        "fr": "rappeler appeler contacter rappelle appelle recontacter contacte joindre telephoner ecrire contacte recontacter rappele m_appeler me_rappeler me_contacter me_repondre",
        "it": "richiamarmi chiamarmi contattarmi contattare chiamare richiamare chiami richiami contatti scrivermi contattato contattata richiamato chiamato chiamata mi_chiami mi_contatti richiamasse chiamasse",
        "pt": "ligar me_ligar ligue liga contatar contactar contacto contato chamar telefonar retornar ligasse contatado contactado contatada contatasse ligarem retorne me_responda",
    },
    "serve": {
        "en": "help_me assist_me handle take_over help_us answer_me answering serve_me",
        "de": "helfen hilft ubernehmen ubernimmt weiterhelfen",
        "es": "atender atenderme atienda atienden ayudarme ayude solucione resuelva atendido atendida respondame responda",
        "fr": "aider aide occuper regler repondre prendre_le_relais servir renseigner repond reponde",
        "it": "aiutarmi assistere assistermi aiuti risolva rispondere assistito rispondermi aiutarmi",
        "pt": "atender atenda ajudar ajude resolva resolver atendido atendida responda",
    },
    # enough alone
    "callback": {
        "en": "callback call_back call_me_back phone_me_back ring_me_back give_me_a_call give_me_a_ring give_me_a_bell call_me_please please_call_me call_me_asap call_me_now call_me_on call_me_at call_me_today call_me_tomorrow can_you_call_me could_you_call_me put_me_through talk_to_the_hand phone_me ring_me be_called_back have_me_called connect_me_please transfer_me_please please_transfer_me please_connect_me",
        "de": "ruckruf zuruckrufen rufen_sie_mich ruft_mich rufen_sie_bitte ruf_mich ruckrufbitte zuruckgerufen rufen_sie_zuruck ruft_zuruck telefonisch_kontaktieren bitte_verbinden verbinden_sie_mich verbinde_mich",
        "es": "llamenme llameme llamame devuelvanme_la_llamada devolver_la_llamada devolverme_la_llamada que_me_llamen que_me_llame me_pueden_llamar me_puede_llamar me_podrian_llamar me_podria_llamar pueden_llamarme puede_llamarme podrian_llamarme llamenme_por llamame_por que_me_llamen",
        "fr": "rappelez_moi appelez_moi rappelle_moi etre_rappele etre_rappelee un_rappel qu_on_me_rappelle telephonez_moi me_rappeler m_appeler pouvez_vous_m_appeler me_rappelle m_appelle rappelez",
        "it": "richiamatemi chiamatemi richiamami chiamami mi_chiami mi_richiami essere_richiamato essere_richiamata richiamata mi_chiamate richiamarmi potete_chiamarmi puo_chiamarmi potreste_chiamarmi farmi_chiamare telefonatemi",
        "pt": "liguem_me ligue_me me_liga me_liguem me_ligue me_ligar ligar_me retornem retornem_a_ligacao me_telefonem podem_me_ligar pode_me_ligar ligar_para_mim ligue_para_mim liguem_para_mim me_ligar_de_volta podem_ligar_me",
    },
    "who": {
        "en": "who whom whos",
        "de": "wem wen",
        "es": "con_quien a_quien quien",
        "fr": "a_qui avec_qui qui",
        "it": "con_chi a_chi chi",
        "pt": "com_quem quem",
    },
    "can": {
        "en": "can could may should do",
        "de": "kann konnte darf",
        "es": "puedo podria puede pueda debo",
        "fr": "puis peux pourrais peut dois",
        "it": "posso potrei puo possa devo",
        "pt": "posso poderia pode possa devo",
    },
    "exist": {
        "en": "there any have got is_there are_there are_there_any anybody_there",
        "de": "gibt gibts ist arbeiten arbeitet habt haben sind",
        "es": "hay trabajan trabaja tienen existe existen disponible haber",
        "fr": "a_t_il y_a existe travaillent avez existe disponible il_y_a avoir possible d_avoir",
        "it": "c_e ci_sono lavorano esiste avete avere disponibile avete ho",
        "pt": "ha tem trabalham existe trabalha como_falar disponivel haver",
    },
    "phone": {
        "en": "over_the_phone on_the_phone by_phone by_telephone via_phone in_person",
        "de": "am_telefon per_telefon telefonisch ans_telefon personlich",
        "es": "por_telefono en_persona",
        "fr": "par_telephone au_telephone de_vive_voix",
        "it": "per_telefono al_telefono telefonicamente di_persona",
        "pt": "por_telefone pelo_telefone ao_telefone",
    },
    # asks what we are
    "self": {
        "en": "are_you youre you_are am_i is_this if_you you_really_a you_identify",
        "de": "bist_du sind_sie du_ein spreche_ich rede_ich chatte_ich schreibe_ich",
        "es": "eres es_usted estoy_hablando hablo_con_un",
        "fr": "es_tu etes_vous tu_es vous_etes je_parle_a_un",
        "it": "sei siete lei_e sto_parlando",
        "pt": "voce_e es_um estou_falando estou_a_falar",
    },
    "work": {
        "en": "behind_this working_here work_here working_there work_there",
        "de": "arbeiten arbeitet",
        "es": "trabajan trabaja trabajando",
        "fr": "travaillent travaille",
        "it": "lavorano lavora",
        "pt": "trabalham trabalha trabalhando",
    },
    "help": {
        "en": "help assistance support answer answers reply response hear service",
        "de": "hilfe antwort unterstutzung ruckmeldung betreuung support",
        "es": "ayuda respuesta asistencia atencion soporte",
        "fr": "aide reponse assistance",
        "it": "aiuto risposta assistenza",
        "pt": "ajuda resposta assistencia retorno atendimento",
    },
    "from": {
        "en": "from by",
        "de": "von durch",
        "es": "de por",
        "fr": "de d par",
        "it": "da di",
        "pt": "de por",
    },
    "please": {
        "en": "please pls plz plis",
        "de": "bitte",
        "es": "por_favor porfa porfavor",
        "fr": "svp stp s_il_vous_plait s_il_te_plait",
        "it": "per_favore per_piacere perfavore",
        "pt": "por_favor pf pfv porfavor por_gentileza",
    },
    "now": {
        "en": "now immediately asap urgently",
        "de": "jetzt sofort endlich",
        "es": "ya ahora inmediatamente",
        "fr": "maintenant tout_de_suite immediatement",
        "it": "adesso subito ora",
        "pt": "agora ja imediatamente",
    },
    # what may stand between a wish and the person, or beside a person who is called for
    "little": {
        "en": "a an the your any some one of me us to be with have that this just only fucking damn bloody frickin god actual real live please pls plz plis now right here asap immediately hello hi hey ok i just want through for speak back thx thanks urgently first you there here hold someone somebody up in out sb",
        "de": "ein eine einen einem einer nen ner ne den dem der die das ihren ihrem ihrer ihr euren eurem mit zu an bitte jetzt sofort endlich mal mir uns doch nur hier hallo von hey verdammt verdammten dringend auch sie ich es hier mich noch gern gerne",
        "es": "un una el la los las su con a que de por favor ya ahora mismo me nos lo inmediatamente hola al solo algun alguna otra otro porfa urgente maldito ahorita usted ustedes alli ahi aqui mi",
        "fr": "un une le la les de d des votre a avec l que s il vous plait te svp stp maintenant tout suite moi nous d_un d_une bonjour au vite immediatement enfin autre je me la en y ici",
        "it": "un uno una il lo la l i gli di con a che per favore adesso subito ora mi ci vostro suo ciao al un_altro piacere cortesemente grazie altro altra lei voi qui li mi ne ho",
        "pt": "um uma o a os as de com que por favor agora ja me nos seu sua ao pra para ola imediatamente pf pfv logo outro outra 1 alguma algum voce voces ai aqui eu mim",
    },
}
# Together these mean something else than the first of them.
OTHERWISE = """
    human_resources human_rights human_error person_to_person travel_agent estate_agent real_estate_agent
    agent_fee agent_fees staff_discount staff_room manager_position manager_job customer_service_number
    customer_service_hours customer_service_email customer_service_phone customer_support_number
    person_limit person_name password_manager task_manager file_manager user_agent call_center_number live_chat_hours
    operator_manual operator_licence machine_operator tour_operator tour_operators per_person
    recursos_humanos ressources_humaines risorse_umane
"""
# Ordinary words that look like a misspelt one of ours.
NO_SLIPS = """
    contract contracts stuff manage managed manages argent advise advised advises employed employer
    persons represent operated operates agency speaks spoken staffed personal reason reasons season
    parson lesson talked connects connected parking parles hablan consult consulted hogar parque
    mensen menschlich geben neben leben sagen reparar humana humor urgent boast managing associated
    associate associates personnel personas passport transfers transferred contacts contactless
    supports agree regent ascent aspect collage colleges college special operation operations parte
    parts quelque alguno alguna algunos algunas manger mangers mentor general gerentes passa parlent
    querer agencia agenda directory messages massage commercial chapter charter none speed taking
    letter liter phones phoned prone cause causes caused responsible owners owned grant garant gene
    genre gents gentle genie seek speck steak sneak spear advisory employers employs employ
    complaint complains specialise parker dispute broke noon patrol telephones telephony pale halo
    react parser parse parole stiff supervisory chateau hale dealings converge discus inhaler
    peoples humane hotlines tanking leider laute regen reben redet roden werden wendet wende wanden
    scheiben schrieben schreien erweichen kontrakt sprachen sprache sprecher berate beraten beratet
    betreuen betreue besitzen besitze besetzer vertreten vertrete bearbeiten bearbeitet bearbeite
    mitarbeiten inhaben vorgesetzt direkter beschwerden perdon perdona perdone perdonen directo
    directos hallar habla tratas trata tratan trabar charla quedar quemar quejas queja consultar
    contrato contratar constatar contado faltar fallar comerciar operado duenos asesoria tecnica
    conseille superieure parce parier parer perle echange echanges adresse adresses adressen
    consulter direto parti parla parto parco sentite pessoal tecla teclas reclama
"""
