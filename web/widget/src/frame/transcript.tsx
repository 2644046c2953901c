/** The open conversation: what was said, what is being written, who is there. */

import { useEffect, useRef, useState } from "preact/hooks";
import { directionOfText } from "../../../shared/direction";
import { Icon } from "./icons";
import { Message } from "./message";
import { Rich } from "./rich";
import { directionOf, filled } from "./texts/texts";
import { useGiven } from "./use";

const NEAR_THE_END_PX = 80;

export function Transcript() {
  const { desk, brand, texts, language, view } = useGiven();
  const { talk } = view;
  const draftDirection = directionOfText(talk.draft, directionOf(language));
  const scroll = useRef<HTMLElement>(null);
  const follows = useRef(true);
  useEffect(() => {
    const box = scroll.current;
    if (box && follows.current) box.scrollTop = box.scrollHeight;
  }, [talk, view.isOpen]);
  const onScroll = () => {
    const box = scroll.current;
    if (box) follows.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_THE_END_PX;
  };
  const last = talk.lines.at(-1);
  return (
    <section class="scroll" ref={scroll} onScroll={onScroll} tabIndex={0} aria-label={texts.log}>
      {talk.lines.length === 0 && (
        <div class="welcome">
          <p class="greeting" dir="auto">
            {brand.greeting || texts.greeting}
          </p>
          {brand.suggestions.map((question) => (
            <button
              type="button"
              class="suggestion"
              dir="auto"
              key={question}
              onClick={() => void desk.talk.send(question)}
            >
              {question}
            </button>
          ))}
        </div>
      )}
      <div role="log" aria-live="polite">
        <ol class="log">
          {talk.lines.map((line, at) => (
            <Message
              line={line}
              key={line.key}
              isLast={line === last}
              joined={talk.lines[at - 1]?.author === line.author && talk.lines[at - 1]?.name === line.name}
            />
          ))}
        </ol>
      </div>
      {talk.draft && (
        <div class="message draft" data-author="assistant">
          <div class="bubble" dir={draftDirection}>
            <Rich text={talk.draft} direction={draftDirection} />
          </div>
        </div>
      )}
      {!talk.draft && talk.work && (
        <p class="working">
          <Dots /> {talk.work === "thinking" ? texts.thinking : texts.looking}
        </p>
      )}
      {talk.personTypes && (
        <p class="working">
          <Dots /> {filled(texts.typing, talk.personName || texts.colleague)}
        </p>
      )}
      {talk.failed && (
        <p class="note" role="alert">
          {texts.failed}
        </p>
      )}
      {talk.hadPerson && talk.person === "none" && <Rating />}
    </section>
  );
}

export function Dots() {
  return (
    <span class="dots" aria-hidden="true">
      <i />
      <i />
      <i />
    </span>
  );
}

/** Who is there: the machine, somebody who is coming, somebody who has come. */
export function PersonState() {
  const { texts, view } = useGiven();
  const { person, personName, hadPerson } = view.talk;
  if (person === "none" && !hadPerson) return null;
  const words =
    person === "waiting"
      ? texts.personAsked
      : person === "joined"
        ? filled(texts.personJoined, personName || texts.colleague)
        : texts.personLeft;
  return (
    <p class="person" data-person={person} role="status">
      {person === "waiting" ? <Dots /> : <Icon name="person" />}
      <span>{words}</span>
    </p>
  );
}

function Rating() {
  const { desk, texts } = useGiven();
  const [score, setScore] = useState(0);
  const rate = (stars: number) => {
    setScore(stars);
    void desk.rate(stars);
  };
  return (
    <fieldset class="rating">
      <legend>{texts.rate}</legend>
      {[1, 2, 3, 4, 5].map((stars) => (
        <button
          type="button"
          class="tool"
          key={stars}
          aria-label={filled(texts.star, String(stars))}
          aria-pressed={score === stars}
          onClick={() => rate(stars)}
        >
          <Icon name="star" filled={stars <= score} />
        </button>
      ))}
      {score > 0 && (
        <span class="thanks" role="status">
          {texts.thanks}
        </span>
      )}
    </fieldset>
  );
}
