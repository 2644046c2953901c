"""Words that people write and a list of printed English lacks: contractions, chat, new things."""

_WITH_APOSTROPHE = """
i'm i've i'll i'd you're you've you'll you'd he's he'll he'd she's she'll she'd it's it'll it'd
we're we've we'll we'd they're they've they'll they'd that's that'll that'd there's there'll
who's who'll who'd what's what're what'll where's when's why's how's how'd here's let's
isn't aren't wasn't weren't haven't hasn't hadn't don't doesn't didn't won't wouldn't can't
cannot couldn't shouldn't mustn't mightn't needn't ain't could've should've would've might've
must've y'all o'clock ma'am
"""
_CHAT = """
pls plz thx tnx thanx ty u ur r b4 gonna wanna gotta kinda sorta lemme gimme dunno cuz coz cos
btw asap fyi eta faq app apps wifi email emails sms ok okay hi hey hello hiya yep yeah yup nope
nah lol omg idk imo aka etc vs info promo pic pics sim usb pdf url pin otp atm iban vat
covid online login logon logout signup checkout topup topups voicemail smartphone unsubscribe
refundable prepaid contactless blockchain bitcoin crypto selfie vlog blog
"""

INFORMAL = (
    frozenset(_WITH_APOSTROPHE.split())
    | frozenset(word.replace("'", "") for word in _WITH_APOSTROPHE.split())
    | frozenset(_CHAT.split())
)
"""Each is right as it stands, also without its apostrophe."""
