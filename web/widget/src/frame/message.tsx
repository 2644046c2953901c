/** One utterance: the bubble, its choices, its sources and whether it helped. */

import { useRef, useState } from "preact/hooks";
import type { Button, Citation } from "../../../client/src/events";
import type { Line } from "../../../client/src/talk";
import { type Direction, directionOfText } from "../../../shared/direction";
import { Icon } from "./icons";
import { Rich, Words } from "./rich";
import { directionOf } from "./texts/texts";
import { useGiven } from "./use";

export function Message({ line, isLast, joined }: { line: Line; isLast: boolean; joined: boolean }) {
  const { desk, brand, texts, language } = useGiven();
  const name =
    line.author === "contact"
      ? texts.you
      : line.author === "operator"
        ? line.name || texts.colleague
        : brand.name;
  const direction = directionOfText(line.text, directionOf(language));
  const time = new Date(line.at).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });
  return (
    <li class="message" data-author={line.author} data-state={line.state} data-joined={joined || undefined}>
      <p class={joined ? "byline only-heard" : "byline"}>
        {line.author === "operator" && <Icon name="person" />}
        <bdi>{name}</bdi> <time dateTime={line.at}>{time}</time>
      </p>
      <div class="bubble" dir={direction}>
        {line.author === "contact" ? (
          <p class="as-typed">
            <Words text={line.text} direction={direction} />
          </p>
        ) : (
          <Content line={line} direction={direction} />
        )}
      </div>
      {line.author !== "contact" && isLast && (
        <Choices
          line={line}
          onChoice={(button) => void desk.talk.send(button.label, { button, messageId: line.messageId })}
        />
      )}
      {line.author === "contact" && line.state !== "sent" && <Delivery line={line} />}
      {line.author === "assistant" && <Footer line={line} />}
    </li>
  );
}

function Content({ line, direction }: { line: Line; direction: Direction | undefined }) {
  const blocks = line.content.filter((block) => block.type === "card" || block.type === "list");
  if (!blocks.length) return <Rich text={line.text} direction={direction} />;
  return (
    <>
      {line.content.map((block, at) => {
        if (block.type === "card") {
          return (
            <section class="card" key={at}>
              <h2>
                <Words text={block.title} direction={direction} />
              </h2>
              {block.subtitle && (
                <p>
                  <Words text={block.subtitle} direction={direction} />
                </p>
              )}
            </section>
          );
        }
        if (block.type === "list") {
          return (
            <ul key={at}>
              {block.items.map((item) => (
                <li key={item}>
                  <Words text={item} direction={direction} />
                </li>
              ))}
            </ul>
          );
        }
        return <Rich text={block.text} direction={direction} key={at} />;
      })}
    </>
  );
}

function Choices({ line, onChoice }: { line: Line; onChoice: (button: Button) => void }) {
  const buttons = line.content.flatMap((block) =>
    block.type === "buttons" || block.type === "card" ? (block.buttons ?? []) : [],
  );
  if (!buttons.length) return null;
  return (
    <div class="choices">
      {buttons.map((button) => (
        <button type="button" class="chip" key={button.action_id} onClick={() => onChoice(button)}>
          <bdi>{button.label}</bdi>
        </button>
      ))}
    </div>
  );
}

function Delivery({ line }: { line: Line }) {
  const { desk, texts } = useGiven();
  const words = { sending: texts.sending, unsent: texts.unsent, refused: texts.refused, sent: "" }[
    line.state
  ];
  return (
    <p class="delivery" role={line.state === "sending" ? undefined : "status"}>
      {words}
      {line.refusal && <span>: {line.refusal}</span>}
      {line.state !== "sending" && line.clientMessageId && (
        <button
          type="button"
          class="as-link"
          onClick={() => void desk.talk.resend(line.clientMessageId as string)}
        >
          {texts.retry}
        </button>
      )}
    </p>
  );
}

function Footer({ line }: { line: Line }) {
  const { texts } = useGiven();
  const [isShown, show] = useState(false);
  const id = `sources-${line.key}`;
  return (
    <div class="footer">
      <div class="tools">
        {line.citations.length > 0 && (
          <button
            type="button"
            class="tool"
            aria-expanded={isShown}
            aria-controls={id}
            onClick={() => show(!isShown)}
          >
            <Icon name="book" />
            {line.citations.length === 1 ? texts.source : `${texts.sources} (${line.citations.length})`}
          </button>
        )}
        <Judgement line={line} />
      </div>
      {isShown && (
        <ol class="sources" id={id}>
          {line.citations.map((citation) => (
            <SourceItem citation={citation} key={citation.passage_id} />
          ))}
        </ol>
      )}
    </div>
  );
}

function SourceItem({ citation }: { citation: Citation }) {
  const { language } = useGiven();
  const direction = directionOfText(citation.quote, directionOf(language));
  return (
    <li dir={direction}>
      <strong>
        <bdi>{citation.title}</bdi>
      </strong>
      <blockquote>
        <Words text={citation.quote} direction={direction} />
      </blockquote>
    </li>
  );
}

function Judgement({ line }: { line: Line }) {
  const { desk, texts } = useGiven();
  const [given, give] = useState<boolean | null>(null);
  const [asksWhy, askWhy] = useState(false);
  const unhelpful = useRef<HTMLButtonElement>(null);
  const messageId = line.messageId;
  if (!messageId) return null;
  const judge = (helpful: boolean) => {
    give(helpful);
    askWhy(!helpful);
    void desk.talk.judge(messageId, helpful);
  };
  const because = (reason: string) => {
    unhelpful.current?.focus();
    askWhy(false);
    void desk.talk.judge(messageId, false, reason);
  };
  return (
    <span class="judgement">
      <button
        type="button"
        class="tool"
        aria-pressed={given === true}
        aria-label={texts.helpful}
        title={texts.helpful}
        onClick={() => judge(true)}
      >
        <Icon name="up" filled={given === true} />
      </button>
      <button
        type="button"
        class="tool"
        ref={unhelpful}
        aria-pressed={given === false}
        aria-label={texts.notHelpful}
        title={texts.notHelpful}
        onClick={() => judge(false)}
      >
        <Icon name="thumbDown" filled={given === false} />
      </button>
      {given !== null && !asksWhy && (
        <span class="thanks" role="status">
          {texts.thanks}
        </span>
      )}
      {asksWhy && (
        <fieldset class="why">
          <legend>{texts.why}</legend>
          {[texts.whyWrong, texts.whyUnclear, texts.whyOther].map((reason) => (
            <button type="button" class="chip" key={reason} onClick={() => because(reason)}>
              {reason}
            </button>
          ))}
        </fieldset>
      )}
    </span>
  );
}
