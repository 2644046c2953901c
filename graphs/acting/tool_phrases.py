"""Our sentences for questions that a tool would answer; in six languages."""

from collections.abc import Mapping

PHRASES: Mapping[str, Mapping[str, str]] = {
    "identity_needed": {
        "en": "I can only look that up for you once I know who you are. Please sign in to your account and ask me again.",
        "de": "Das kann ich für Sie erst nachsehen, wenn ich weiß, wer Sie sind. Bitte melden Sie sich in Ihrem Konto an und fragen Sie mich noch einmal.",
        "es": "Solo puedo consultarlo cuando sepa quién es usted. Inicie sesión en su cuenta y pregúnteme de nuevo, por favor.",
        "fr": "Je ne peux le vérifier que lorsque je sais qui vous êtes. Connectez-vous à votre compte et reposez-moi la question, s'il vous plaît.",
        "it": "Posso verificarlo solo quando so chi è lei. Acceda al suo account e me lo chieda di nuovo, per favore.",
        "pt": "Só posso verificar isso quando souber quem é. Inicie sessão na sua conta e pergunte-me de novo, por favor.",
    },
    "tool_failed": {
        "en": "The system that knows this does not answer at the moment. I'm passing it to a colleague, who will reply to you here.",
        "de": "Das System, das dies weiß, antwortet im Moment nicht. Ich gebe es an einen Kollegen weiter, der Ihnen hier antwortet.",
        "es": "El sistema que lo sabe no responde en este momento. Se lo paso a un compañero, que le responderá aquí.",
        "fr": "Le système qui le sait ne répond pas pour le moment. Je transmets à un collègue, qui vous répondra ici.",
        "it": "Il sistema che lo sa non risponde al momento. Passo la richiesta a un collega, che le risponderà qui.",
        "pt": "O sistema que sabe isso não responde neste momento. Passo o assunto a um colega, que lhe responderá aqui.",
    },
    "tool_failed_alone": {
        "en": "The system that knows this does not answer at the moment. Please ask me again a little later.",
        "de": "Das System, das dies weiß, antwortet im Moment nicht. Bitte fragen Sie mich etwas später noch einmal.",
        "es": "El sistema que lo sabe no responde en este momento. Pregúnteme de nuevo un poco más tarde, por favor.",
        "fr": "Le système qui le sait ne répond pas pour le moment. Reposez-moi la question un peu plus tard, s'il vous plaît.",
        "it": "Il sistema che lo sa non risponde al momento. Me lo chieda di nuovo un po' più tardi, per favore.",
        "pt": "O sistema que sabe isso não responde neste momento. Pergunte-me de novo um pouco mais tarde, por favor.",
    },
}
