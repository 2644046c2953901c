"""Words that name no thing a business is asked about: what is done, how it is, when, and in general.

English alone: which words are near in meaning is only known there (`graphs/deciding/other_things.py`).
A verb that is a thing's name too ("by train", "a repair") is one where an article or a preposition
stands before it.
"""

VERBS = frozenset(
    """accept add agree allow answer apply arrange arrive ask assemble attach attend avoid be become
    begin believe belong book borrow break bring build buy call cancel care carry catch change charge
    check choose claim clean close collect combine come compare complain complete confirm connect
    contact contain continue cook cost count cover create customise cut damage deal decide deliver
    delete depend describe differ disappear discuss do drink drive drop earn eat edit email enable end
    enjoy enter exchange exist expect expire explain extend fail fall feel fill find finish fit fix
    follow forget get give go grow guarantee handle happen have hear help hire hold hope hurt improve
    include increase inform install join keep know last lead learn leave lend let lie like listen live
    load log look lose love maintain make manage matter mean measure meet mend mention mind miss mix
    modify move need notice obtain occur offer open operate order organise own pack park participate
    pass pay perform pick place plan play post prefer prepare prevent print process produce promise
    protect prove provide pull purchase push put reach read receive recharge recommend record recover
    recycle reduce refill refund refuse register reject relate remain remember remind remove renew rent
    repair repeat replace reply report request require reschedule reserve reset resolve respond rest
    restart restore return return review ride ring run save say schedule search see seem sell send
    separate serve set share ship show shut sign sing sit sleep smell smoke sound speak specialise
    spend spray stand start stay steal stop store study submit subscribe suffer suggest suit supply
    support suppose swap swim switch take talk teach tell test thank think throw touch track trade
    train transfer translate travel treat trust try turn understand update upgrade upload use verify
    visit wait wake walk want warn wash watch wear weigh welcome win wish withdraw wonder work worry
    wrap write got gone been done made sent paid bought lost broke broken brought kept left met found
    forgot forgotten sold taken given taught told spent went came took gave ate eaten seen known"""
    .split()
)  # fmt: skip
MANNERS = frozenset(
    """able about above abroad accessible after against among before while though front nowhere somewhere
    anywhere everywhere actual additional afraid again ago ahead alike alive almost
    alone along already also alternative although always another anymore anyway apart around asleep
    available average away awesome awful back bad beautiful because best better between big both
    brand brief bright broken busy careful certain cheap cheaper cheapest clean clear close common
    comfortable complete confused cool correct current online offline curious damaged dead deep different difficult
    direct dirty double early easy either else empty enough entire especially even ever every exact
    excellent expensive extra far fast faster favorite fine first following former forward free fresh
    frequent friendly full fun funny further general glad good great half happy hard heavy high
    honest huge important included inside instead interested joint just keen kind large last late
    later latest least less light like likely little local long longer loose loud low lucky main
    many maximum maybe mere minimum missing more most much multiple near nearby nearest necessary
    never new newest next nice normal often old older open optional other otherwise own partial past
    perfect perhaps permanent personal pleased plenty polite poor popular possible precise present
    pretty previous prior private probably proper public quick quiet quite rather ready real really
    reasonable recent regular responsible rest right rough round safe same second secure several
    short sick similar simple single slow small soon sorry special specific standard still straight
    strange strict strong successful such sudden suitable sure temporary terrible thick thin third
    through together top total typical unable under underneath until unused up upset upstairs urgent
    useful usual valid various very warm weak well whole wide within without wonderful wrong yet
    young""".split()
)
GENERAL = frozenset(
    """one ones two three four five six seven eight nine ten twelve thing things stuff something
    anything everything nothing item items product products article articles goods order orders
    purchase purchases service services offer offers way ways kind kinds sort sorts type types
    place places area areas house home town city side part parts piece pieces bit lot lots pair number
    numbers amount total time times day days night nights week weeks weekend weekends weekday weekdays
    month months year years hour hours minute minutes second seconds moment date dates today tonight
    tomorrow yesterday morning mornings afternoon afternoons evening evenings noon midday midnight
    now then once twice spring summer autumn fall winter season holiday holidays
    someone somebody anyone anybody everyone everybody nobody person persons people guy guys man men
    woman women friend friends customer customers client clients guest guests visitor visitors
    company business shop store firm team staff website site page
    question questions answer answers information info detail details problem problems issue issues
    trouble help assistance advice process procedure idea reason reasons example case cases fact matter situation chance choice
    option options rule rules policy policies condition conditions requirement requirements
    price prices cost costs fee fees charge charges rate rates money euro euros dollar dollars pound
    pounds cent cents percent opening hello hi thanks please""".split()
)
# What a company calls itself: of a question put to it, none of them tells a thing.
HOUSES = frozenset(
    """hotel motel hostel inn guesthouse restaurant cafe bar pub tavern bistro kitchen club clinic practice
    surgery hospital pharmacy school academy nursery college museum gallery library theatre cinema gym
    studio salon spa bank agency office branch centre center market bakery garage workshop
    location facility venue premises property establishment""".split()
)
# After these a verb is a thing's name: "by train", "the repair".
BEFORE_THINGS = frozenset(
    """a an the my your our their his her its this that these those any some no each every another
    by with without for of from on in at per via during against like including between""".split()
)
# After these stands what is done, not what it is done to.
BEFORE_VERBS = frozenset(
    """i you we they he she it one who there somebody someone anybody anyone everybody everyone people
    not don't doesn't didn't can't cannot couldn't won't wouldn't shouldn't isn't aren't i'd i'll i'm
    i've we'd we'll we're we've you'd you'll please also just always ever never even still""".split()
)
BEFORE_TO_DO = frozenset(
    """want wants wanted need needs needed like love have has had how able possible allowed going
    got try trying tried learn ready where what when required wish prefer it hard easy difficult
    supposed used cost costs take takes happy permitted necessary best nothing something anything
    time way ways""".split()
)
BE = frozenset("is are was were be been being am get gets got getting so too very how".split())
ASKS = frozenset("what who which where when how much many".split())
# How a question to a company begins, and what it asks for besides something being done.
ASKING_VERBS = frozenset(
    "do does did can could may might would will shall should must have".split()
)
PERSONS = frozenset("you i we they one somebody someone anyone".split())
EXISTENCE = frozenset("have has offer offers provide provides got get there".split())
ONLY_TELL = frozenset(
    """be able tell say explain show help know confirm mention recommend find check describe see suggest
    advise give let think""".split()
)
ONLY_TELL_ME = frozenset(
    "give show tell".split()
)  # a question with "me" behind them, else an order
FOR_ME = frozenset("me us".split())
CHARGES = frozenset("cost costs price charge charged".split())
LASTS = frozenset("take takes last lasts".split())
