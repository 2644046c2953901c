"""What the company's system knows of the contact: name, address, how to reach them."""

from tools.contract import NoArguments, Tool, ToolCitation, ToolContext, ToolResult
from tools.words import say

_TOLD = ("name", "email", "phone", "address", "level")


async def my_profile(context: ToolContext, arguments: NoArguments) -> ToolResult:
    """The contact's own profile. Raises: ToolUnavailable."""
    profile = await context.shop.profiles.profile(context.external_id)
    title, language = my_profile_tool.title, context.language
    if profile is None or profile.owner != context.external_id:
        text = say("no_profile", language)
        return ToolResult({"found": False}, text, ToolCitation(title, text), is_found=False)
    shown = profile.model_dump(mode="json", exclude={"owner"}, exclude_none=True)
    told = [f"{say(key, language)}: {shown[key]}" for key in _TOLD if shown.get(key)]
    text = say("profile", language, list="; ".join(told))
    return ToolResult(shown, text, ToolCitation(title, text), for_operator="the contact's profile")


my_profile_tool = Tool(
    name="my_profile",
    title="Customer account",
    description="Shows what the company has stored about the customer who writes.",
    arguments=NoArguments,
    call=my_profile,
    identity="verified",
    port="profiles",
    cache_seconds=30,
    examples={
        "en": (
            "Which address do you have for me?",
            "What is my delivery address in your system?",
            "Which e-mail address is in my account?",
            "What do you know about me?",
        ),
        "de": (
            "Welche Adresse haben Sie von mir?",
            "Welche E-Mail-Adresse steht in meinem Konto?",
            "Was wissen Sie über mich?",
        ),
        "es": ("¿Qué dirección tienen mía?", "¿Qué correo figura en mi cuenta?"),
        "fr": ("Quelle adresse avez-vous pour moi ?", "Quel e-mail figure dans mon compte ?"),
    },
    unlike={
        "en": (
            "How do I change my address?",
            "How do I delete my account?",
            "What is your address?",
            "How do I change my password?",
            "What is your e-mail address?",
            "Can you deliver to another address?",
        ),
        "de": (
            "Wie ändere ich meine Adresse?",
            "Wie lösche ich mein Konto?",
            "Wie lautet Ihre Adresse?",
        ),
        "es": ("¿Cómo cambio mi dirección?", "¿Cuál es su dirección?"),
        "fr": ("Comment changer mon adresse ?", "Quelle est votre adresse ?"),
    },
)
