"""Which test presses which control of the console, and asks the API what was stored.

A control is named as the browser's accessibility tree does, role first; `…` stands for the name of the
thing it belongs to, `*` for any words. A control that no line names fails
`test_console_covered.py`: write its test first, then its line here.
"""

COVERED = {
    "test_a_password_is_set_after_a_link_and_changed_with_the_old_one": (
        "textbox Current password *", "textbox New password *", "button Set password",
    ),
    "test_an_entry_is_found_by_its_title_and_the_tab_says_where_one_is": (
        "searchbox Words of an entry's title",
    ),
    "test_any_page_is_reached_by_a_few_letters_of_its_name": ("button Go to … Ctrl K",),
    "test_who_is_invited_joins_and_signs_in_by_password": ("button More, …", "textbox E-mail"),
    "test_contact_and_operator_meet_live_in_two_browsers": (
        "button Claim", "textbox Reply to the contact", "button Send", "button Send and resolve",
        "checkbox Add to knowledge",
    ),
    "test_a_handoff_ends_without_handing_back_and_a_talk_is_found_by_its_words": (
        "button Resolve", "checkbox Hand back to the assistant", "combobox Status",
        "searchbox Words that were said", "button About *", "button Thank you *",
    ),
    "test_an_entry_is_compared_and_tried_before_a_reply_is_sent_with_it": (
        "link Open the entry",
    ),
    "test_what_is_said_of_the_ai_and_asked_of_contacts_is_stored_and_their_word_shown": (
        "textbox The line: languages", "textbox The line (*)", "button Contact",
        "combobox Learning from their questions", "DisclosureTriangle Every decision",
        "combobox Remembering what they tell of themselves",
    ),
    "test_notes_canned_answers_and_who_else_writes": (
        "button Reply", "button Note", "button Canned answers", "searchbox Search canned answers",
        "textbox Search canned answers", "button …", "button … *", "button Add canned answer",
        "textbox Shortcut", "textbox Text", "textbox …", "button Save …",
    ),
    "test_teams_targets_and_whose_a_handoff_is": (
        "combobox Whose", "combobox Order", "combobox Assigned to", "combobox Team",
        "button Add team", "button Save targets", "spinbutton Minutes to the first reply",
        "textbox Name of the new team", "checkbox … is in …",
    ),
    "test_a_browser_that_was_asked_tells_of_who_waits": ("checkbox Notify me in this browser",),
    "test_a_turn_is_tried_with_other_words_beside_what_was_said": (
        "button Why?", "textbox Other words", "button Answer anew", "button Replay the steps",
    ),
    "test_a_turn_is_tried_with_other_settings_that_the_assistant_never_gets": (
        "textbox More guidance: *", "checkbox People can be asked", "DisclosureTriangle Other settings",
    ),
    "test_a_turn_is_stepped_through_and_a_deep_link_opens_it": (
        "button Close", "DisclosureTriangle *",
    ),
    "test_knowledge_is_added_tried_staged_and_published": (
        "tab *", "textbox Question", "textbox Answer", "button Add entry", "checkbox Stage only",
        "textbox Question to try", "button Search", "button Publish",
    ),
    "test_entries_are_dropped_read_changed_and_kept_apart_by_base": (
        "combobox Knowledge base", "button Add files", "textbox Or the address of a page",
        "button Read page", "button Open …", "button Close …", "button Delete …",
        "textbox Question of the entry", "textbox Answer of the entry", "button Save entry",
    ),
    "test_a_staged_change_is_compared_tried_discarded_and_a_version_gone_back_to": (
        "checkbox Stage this change", "button What would it change?",
        "button Compare * with what is live", "button Discard the staged changes",
        "button Go back to version *",
    ),
    "test_sources_are_named_read_again_and_forgotten": (
        "combobox What it is", "textbox Address of the source",
        "spinbutton Read again every, hours", "spinbutton Pages at most", "button Add source",
        "button Read … now", "button Forget …",
    ),
    "test_a_suggestion_is_tried_before_it_is_approved_and_another_dismissed": (
        "button Approve", "button Dismiss",
    ),
    "test_who_an_assistant_is_and_what_it_says_is_stored": (
        "button Add brand word", "button Add disclaimer", "button Add guidance",
        "checkbox Only under a condition", "checkbox Remember what contacts tell of themselves",
        "checkbox Texts in traces", "combobox Add a knowledge base", "combobox Answers appear",
        "combobox Model", "combobox Small model", "spinbutton Tokens of memory in a prompt",
        "spinbutton Minutes until a conversation is taken up anew", "textbox Channels",
        "textbox Fallback models", "textbox Hosts that answers may link to",
        "textbox Instead of", "textbox Instructions", "textbox Language", "textbox Languages",
        "textbox Name in the console", "textbox Restrictions", "textbox Text (en)",
        "textbox Tone", "textbox Traits", "textbox What contacts would write", "textbox When",
        "textbox Words", "textbox Write", "button Move * up",
    ),
    "test_on_a_phone_everything_is_within_reach": (
        "button Save", "textbox Name for contacts", "checkbox … is there",
        "combobox Parts of the assistant", "combobox Settings",
    ),
    "test_when_a_person_is_asked_is_stored_and_undone": (
        "button Add rule", "checkbox Learn from outcomes by itself",
        "checkbox Offer a person first", "checkbox People are there at certain hours",
        "combobox Contact", "combobox Mood", "spinbutton Answer from",
        "spinbutton Offer a person from", "spinbutton Order worth at least",
        "spinbutton Unsure turns at least", "textbox When any of these words is said",
        "textbox Name", "button What changed", "button Restore revision *", "button Undo",
    ),
    "test_rules_notices_languages_and_the_products_own_reading_are_stored": (
        "button Back to the product's own reading", "checkbox People can be asked",
        "textbox Text: languages", "combobox Then", "button Remove rule *", "button Start over",
    ),
    "test_what_an_assistant_may_do_and_when_a_person_agrees_is_stored": (
        "checkbox Appointments", "checkbox Cancel an appointment", "checkbox Cancel an order",
        "checkbox Catalogue", "checkbox Customer account", "checkbox Free appointments",
        "checkbox Invoices and payments", "checkbox Knowledge search",
        "checkbox Move an appointment", "checkbox Open a ticket", "checkbox Order status",
        "checkbox Recent orders", "checkbox Refund", "checkbox Stock",
    ),
    "test_the_widget_beside_its_settings_changes_before_they_are_saved": (
        "ColorWell Pick the accent colour", "button Choose a picture", "button Discard",
        "checkbox Visitors may add files", "combobox Corner", "combobox Theme",
        "textbox Accent colour", "textbox Greeting", "textbox Origins",
        "textbox Questions to begin with", "textbox Words on the launcher", "button Copy",
    ),
    "test_the_test_chat_answers_and_leaves_no_conversation": (
        "button Ask", "button Archive this assistant", "button New assistant",
        "combobox Assistant", "textbox Question to the assistant",
    ),
    "test_the_rest_of_what_is_set_and_taken_out_is_stored_too": (
        "button Add topic", "button Remove brand word *", "button Remove disclaimer *",
        "button Remove guidance *", "button Remove topic *", "button Take out *",
        "textbox What is said: languages", "combobox Assistant of the channel",
        "textbox Groups of *",
        "checkbox Take addresses that the provider does not call verified",
        "textbox Claim that lists somebody's groups", "spinbutton Checkpoints, days",
        "spinbutton Events and steps, days",
    ),
    "test_people_keys_models_and_budget_are_stored": (
        "button Invite", "combobox Role", "combobox Role of …", "button Disable …",
        "checkbox … may write knowledge", "checkbox admin", "checkbox analytics",
        "checkbox assistants", "checkbox conversations", "checkbox handoffs",
        "checkbox knowledge", "button Make key", "button Revoke *", "textbox Key for *",
        "button Store", "spinbutton Limit in US dollars a month",
        "spinbutton Cheaper models from, %", "spinbutton Only quotes from, %",
        "button Set the limit",
    ),
    "test_what_people_teams_targets_and_keys_were_given_is_taken_back": (
        "checkbox May write knowledge", "button Sign-in link for …", "button Sign out …",
        "button Dissolve …", "spinbutton Minutes to the end", "combobox Shown",
        "button Remove …", "button Remove the limit", "button Undo", "button Close the notice",
    ),
    "test_webhooks_and_channels_are_made_disabled_and_removed": (
        "textbox Address", "checkbox A contact writes", "checkbox The assistant begins to answer",
        "checkbox The assistant has answered", "checkbox A person is asked for",
        "checkbox A handoff is overdue", "checkbox An operator takes over",
        "checkbox An operator writes", "checkbox A handoff is resolved",
        "checkbox An action waits for approval", "checkbox An action is approved or denied",
        "checkbox Knowledge has changed", "checkbox A turn has ended", "button Add endpoint",
        "button New secret",
        "textbox Channel name", "textbox Where replies are posted", "button Add channel",
        "checkbox … is open", "button Remove …", "button Show the secret",
    ),
    "test_what_was_given_up_is_sent_again_one_by_one_or_all": (
        "checkbox Enabled", "button Send a ping", "button Send the dead again",
        "button Send again",
    ),
    "test_retention_connectors_and_what_the_log_says_of_it": (
        "spinbutton Conversations, days", "spinbutton Files in conversations, days",
        "button Save retention", "textbox Connector name", "textbox Secret",
        "textbox Where it is", "combobox How the secret is shown", "textbox Settings as JSON",
        "textbox What it does", "textbox Path", "textbox Query", "button Add operation",
        "button Remove operation *", "button Add connector", "checkbox … may be asked",
        "combobox Operation", "textbox Product", "button Make one call", "combobox Act",
        "textbox Act", "button Show more",
    ),
    "test_a_provider_is_set_up_and_signs_in_from_its_own_site": (
        "textbox Words on the button", "textbox Issuer", "textbox Client id",
        "textbox Client secret", "textbox Domains of e-mail addresses",
        "combobox Who comes in without an invitation", "button Save provider",
    ),
    "test_a_page_that_does_not_come_is_told_of_and_loaded_again": ("button Load it again",),
    "test_who_asks_everybody_for_a_second_factor_is_asked_for_it_at_once": (
        "checkbox Everybody needs a second factor",
    ),
    "test_a_second_factor_is_set_up_and_asked_for": ("button Set up an app",),
}  # fmt: skip
