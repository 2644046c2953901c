/** One conversation: its transcript, and beside it a turn or the contact. */

import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { Ago, Button, Trouble } from "../parts/parts";
import { Transcript, useConversation } from "../parts/transcript";
import { ContactView } from "./contact";
import { aboutOf, State, titleOf } from "./row_words";
import { TurnView } from "./turn";

export function ConversationView({ conversationId }: { conversationId: string }) {
  const [turn, setTurn] = useState<string | null>(null);
  const [isContact, showContact] = useState(false);
  const isBeside = turn !== null || isContact;
  const [asked] = useSearchParams();
  const found = useConversation(conversationId);
  const one = found.data;
  return (
    <div className="flex min-h-0 w-full">
      <h1 className="sr-only lg:hidden">Conversation</h1>
      <div className={`flex min-h-0 min-w-0 flex-1 flex-col ${isBeside ? "max-xl:hidden" : ""}`}>
        <header className="flex items-start gap-3 border-b bg-card px-4 py-3 lg:px-6">
          <Link
            to={{ pathname: "/conversations", search: asked.toString() }}
            aria-label="Back to the conversations"
            className="pt-1 text-quiet lg:hidden"
          >
            ←
          </Link>
          <div className="min-w-0 flex-1">
            <h2 className="truncate text-lg font-semibold" dir="auto">
              {one ? titleOf(one) : "Conversation"}
            </h2>
            {one && (
              <p className="mt-1 flex items-center gap-2 text-sm text-quiet">
                <State conversation={one} />
                <span className="truncate">{aboutOf(one, "")}</span>
                <Ago at={one.created_at} />
              </p>
            )}
            {one?.forked_from && (
              <p className="mt-1 text-xs text-quiet">
                A fork{one.forked_settings ? " that tries other settings" : ""} of{" "}
                <Link
                  to={`/conversations/${one.forked_from}`}
                  className="text-accent underline underline-offset-2"
                >
                  another conversation
                </Link>
                ; the contact does not see it.
              </p>
            )}
          </div>
          {one && (
            <Button
              aria-expanded={isContact}
              onClick={() => {
                setTurn(null);
                showContact(!isContact);
              }}
            >
              Contact
            </Button>
          )}
        </header>
        <Trouble error={found.error} />
        <Transcript
          conversationId={conversationId}
          chosenTurn={turn}
          onTurn={(turnId) => {
            showContact(false);
            setTurn(turnId);
          }}
        />
      </div>
      {isContact && one && (
        <ContactView
          contactId={one.contact_id}
          assistantId={one.assistant_id}
          onClose={() => showContact(false)}
        />
      )}
      {turn && one && (
        <TurnView
          conversationId={conversationId}
          assistantId={one.assistant_id}
          turnId={turn}
          onClose={() => setTurn(null)}
        />
      )}
    </div>
  );
}
