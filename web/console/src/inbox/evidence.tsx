/** What the assistant made of it: open requests, what was tried, what is known of the contact. */

import type { ReactNode } from "react";
import type { Handoff, Tried } from "../api/shapes";
import { Consents } from "../parts/consents";
import { channelInWords, inWords, Share, Tag } from "../parts/parts";
import { useConversation } from "../parts/transcript";

const HIDDEN = new Set([
  "contact_id",
  "identity_level",
  "channel",
  "conversation_metadata",
  "details_given_by",
  "metadata",
]);

export function Evidence({ handoff }: { handoff: Handoff }) {
  const tried = handoff.passages ?? [];
  return (
    <div className="flex flex-col gap-6 px-5 py-5 text-sm">
      <Part title="Open requests">
        <ul className="flex flex-col gap-2">
          {handoff.open_intents.map((intent) => (
            <li key={intent.text} className="rounded-lg bg-raised px-3 py-2">
              <p dir="auto" className="font-medium [overflow-wrap:anywhere]">
                {intent.text}
              </p>
              {intent.query && intent.query !== intent.text && (
                <p className="mt-1 text-xs text-quiet">Understood as: {intent.query}</p>
              )}
              {typeof intent.confidence === "number" && (
                <div className="mt-1">
                  <Share label="Confidence" value={intent.confidence} />
                </div>
              )}
            </li>
          ))}
        </ul>
      </Part>
      {handoff.promised && (
        <Part title="Promised">
          <p>{handoff.promised.text}</p>
        </Part>
      )}
      {handoff.answered && handoff.answered.length > 0 && (
        <Part title="Answered already">
          <ul className="list-disc ps-5">
            {handoff.answered.map((intent) => (
              <li key={intent.text}>{intent.text}</li>
            ))}
          </ul>
        </Part>
      )}
      <Part title="What was tried">
        {handoff.tried && handoff.tried.length > 0 && (
          <p className="text-quiet">Looked up: {handoff.tried.map((one) => one.query).join(" · ")}</p>
        )}
        {tried.length === 0 ? (
          <p className="text-quiet">Nothing in the knowledge came near.</p>
        ) : (
          <ol className="flex flex-col gap-2">
            {tried.map((passage) => (
              <PassageItem passage={passage} key={passage.passage_id} />
            ))}
          </ol>
        )}
      </Part>
      <Contact handoff={handoff} />
      <Agreed handoff={handoff} />
    </div>
  );
}

function PassageItem({ passage }: { passage: Tried }) {
  return (
    <li>
      <details className="rounded-lg border border-line px-3 py-2">
        <summary className="flex items-center gap-3 marker:content-none">
          <span className="min-w-0 flex-1 truncate font-medium" dir="auto">
            {passage.title || "Untitled"}
          </span>
          {typeof passage.score === "number" && <Share label="Score" value={passage.score} />}
        </summary>
        <p dir="auto" className="mt-2 whitespace-pre-line text-quiet [overflow-wrap:anywhere]">
          {passage.text || passage.quote || "This passage is gone from the knowledge."}
        </p>
      </details>
    </li>
  );
}

function Contact({ handoff }: { handoff: Handoff }) {
  const contact = handoff.contact ?? {};
  const known = Object.entries(contact).filter(
    ([key, value]) => !HIDDEN.has(key) && value !== null && typeof value !== "object",
  );
  const facts = handoff.facts ?? [];
  return (
    <Part title="The contact">
      <p className="flex flex-wrap gap-2">
        <Tag tone={handoff.contact?.identity_level === "verified" ? "good" : "neutral"}>
          {inWords(handoff.contact?.identity_level ?? "unknown")}
        </Tag>
        {handoff.contact && <Tag>{channelInWords(handoff.contact.channel)}</Tag>}
        {handoff.language && <Tag>{handoff.language}</Tag>}
        {handoff.sentiment === "negative" && <Tag tone="warn">sounds upset</Tag>}
      </p>
      {known.length + facts.length > 0 && (
        <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
          {known.map(([key, value]) => (
            <Fact name={inWords(key)} value={String(value)} key={key} />
          ))}
          {facts.map((fact) => (
            <Fact name={inWords(fact.kind)} value={fact.value} key={`${fact.kind} ${fact.value}`} />
          ))}
        </dl>
      )}
    </Part>
  );
}

/** What the contact has agreed to, under the settings of the assistant that they wrote to. */
function Agreed({ handoff }: { handoff: Handoff }) {
  const conversation = useConversation(handoff.conversation_id).data;
  if (!conversation) return null;
  return (
    <Part title="Consent">
      <Consents contactId={conversation.contact_id} assistantId={conversation.assistant_id} />
    </Part>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt className="text-quiet">{name}</dt>
      <dd dir="auto" className="[overflow-wrap:anywhere]">
        {value}
      </dd>
    </>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="flex flex-col gap-2">
      <h3 className="text-xs font-medium text-quiet">{title}</h3>
      {children}
    </section>
  );
}
