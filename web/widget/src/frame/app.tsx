/** The widget: a launcher in the corner, and the panel it opens. */

import { useEffect, useRef, useState } from "preact/hooks";
import { keepFocus } from "../../../shared/focus";
import { Composer } from "./composer";
import { Conversations } from "./conversations";
import { Icon } from "./icons";
import { Keeping, save } from "./keeping";
import { filled } from "./texts/texts";
import { PersonState, Transcript } from "./transcript";
import { disclosureIn, useGiven } from "./use";

export function App() {
  const { view } = useGiven();
  return view.isOpen ? <Panel /> : <Launcher />;
}

function Launcher() {
  const { desk, brand, texts, view } = useGiven();
  const button = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(document.body.dataset.opened === "yes");
  useEffect(() => {
    if (wasOpen.current && document.hasFocus()) button.current?.focus({ preventScroll: true });
  }, []);
  const name = brand.launcher || texts.open;
  const label = view.unread ? `${name}, ${filled(texts.unread, String(view.unread))}` : name;
  return (
    <main>
      <h1 class="only-heard">{brand.name}</h1>
      <button type="button" class="launcher" ref={button} aria-label={label} onClick={() => desk.open()}>
        <Icon name="chat" />
        {brand.launcher && <span>{brand.launcher}</span>}
        {view.unread > 0 && <span class="badge">{view.unread > 9 ? "9+" : view.unread}</span>}
      </button>
    </main>
  );
}

function Panel() {
  const { desk, brand, view } = useGiven();
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    document.body.dataset.opened = "yes";
    const held = panel.current;
    if (held) return keepFocus(held, () => held.querySelector(placeToGoOn()));
  }, []);
  return (
    <main
      class="panel"
      ref={panel}
      aria-label={brand.name}
      onKeyDown={(event) => {
        if (event.key === "Escape") desk.close();
      }}
    >
      <Header />
      {view.screen === "list" ? (
        <Conversations />
      ) : (
        <>
          <Disclosure />
          <PersonState />
          <Transcript />
          <Trouble />
          <Composer />
        </>
      )}
    </main>
  );
}

/** Where somebody goes on; on a phone not where the keyboard would come up unasked. */
function placeToGoOn(): string {
  const field = matchMedia("(pointer: coarse)").matches ? ".scroll" : ".field textarea";
  return `${field}, .conversations button`;
}

function Header() {
  const { desk, brand, texts, view } = useGiven();
  const isList = view.screen === "list";
  const [isKeeping, keep] = useState(false);
  const keeper = useRef<HTMLButtonElement>(null);
  const { lines } = view.talk;
  const keepOrAsk = () => (brand.mails ? keep(!isKeeping) : save(brand.name, texts, lines));
  const kept = () => {
    keep(false);
    keeper.current?.focus();
  };
  return (
    <header class="head">
      {!isList && (
        <button
          type="button"
          class="tool"
          aria-label={texts.back}
          title={texts.back}
          onClick={() => void desk.list()}
        >
          <Icon name="back" />
        </button>
      )}
      {!isList && brand.logo && <img class="logo" src={brand.logo} alt="" />}
      <div class="who">
        <h1>{isList ? texts.conversations : <bdi>{brand.name}</bdi>}</h1>
        {!isList && (
          <p>
            {brand.company !== brand.name && (
              <>
                <bdi>{brand.company}</bdi> ·{" "}
              </>
            )}
            {texts.alwaysHere}
          </p>
        )}
      </div>
      {!isList && (
        <button
          type="button"
          class="tool"
          aria-pressed={view.hasSound}
          aria-label={texts.sound}
          title={texts.sound}
          onClick={() => desk.setSound(!view.hasSound)}
        >
          <Icon name={view.hasSound ? "sound" : "silence"} />
        </button>
      )}
      {!isList && lines.length > 0 && (
        <>
          <button
            type="button"
            class="tool"
            ref={keeper}
            aria-expanded={brand.mails ? isKeeping : undefined}
            aria-label={texts.transcript}
            title={texts.transcript}
            onClick={keepOrAsk}
          >
            <Icon name="save" />
          </button>
          <button
            type="button"
            class="tool"
            aria-label={texts.newConversation}
            title={texts.newConversation}
            onClick={() => desk.fresh()}
          >
            <Icon name="plus" />
          </button>
        </>
      )}
      <button
        type="button"
        class="tool"
        aria-label={texts.close}
        title={texts.close}
        onClick={() => desk.close()}
      >
        <Icon name="close" />
      </button>
      {isKeeping && !isList && lines.length > 0 && <Keeping onEnd={kept} />}
    </header>
  );
}

/** That a machine answers, where the assistant is to say so. */
function Disclosure() {
  const { brand, language } = useGiven();
  const words = disclosureIn(brand.disclosure, language);
  if (!words) return null;
  return (
    <p class="disclosure" dir="auto">
      {words}
    </p>
  );
}

function Trouble() {
  const { desk, texts, view } = useGiven();
  const isAway = view.connection === "offline" || view.problem?.code === "unreachable";
  if (!isAway && !view.problem && view.connection !== "reconnecting") return null;
  const words = isAway
    ? texts.offline
    : view.problem
      ? view.problem.detail || view.problem.title
      : `${texts.reconnecting} …`;
  return (
    <p class="trouble" role="status">
      <span>{words}</span>
      {(isAway || view.problem) && (
        <button type="button" class="as-link" onClick={() => desk.talk.retry()}>
          {texts.retry}
        </button>
      )}
    </p>
  );
}
