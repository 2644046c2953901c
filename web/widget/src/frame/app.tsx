/** The widget: a launcher in the corner, and the panel it opens. */

import { useEffect, useRef } from "preact/hooks";
import { Composer } from "./composer";
import { Conversations } from "./conversations";
import { Icon } from "./icons";
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
    if (wasOpen.current) button.current?.focus({ preventScroll: true });
  }, []);
  const label = view.unread ? `${texts.open}, ${filled(texts.unread, String(view.unread))}` : texts.open;
  return (
    <button
      type="button"
      class="launcher"
      ref={button}
      aria-label={brand.launcher || label}
      onClick={() => desk.open()}
    >
      <Icon name="chat" />
      {brand.launcher && <span>{brand.launcher}</span>}
      {view.unread > 0 && <span class="badge">{view.unread > 9 ? "9+" : view.unread}</span>}
    </button>
  );
}

function Panel() {
  const { desk, brand, view } = useGiven();
  useEffect(() => {
    document.body.dataset.opened = "yes";
  }, []);
  return (
    <main
      class="panel"
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

function Header() {
  const { desk, brand, texts, view } = useGiven();
  const isList = view.screen === "list";
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
        <h1 dir="auto">{isList ? texts.conversations : brand.name}</h1>
        {!isList && (
          <p dir="auto">
            {brand.company === brand.name ? texts.alwaysHere : `${brand.company} · ${texts.alwaysHere}`}
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
      {!isList && view.talk.lines.length > 0 && (
        <>
          <button
            type="button"
            class="tool"
            aria-label={texts.transcript}
            title={texts.transcript}
            onClick={() => save(brand.name, texts, view.talk.lines)}
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

/** The conversation as a text file of the visitor's. */
function save(
  assistant: string,
  texts: { you: string; colleague: string },
  lines: { author: string; name: string; text: string; at: string }[],
): void {
  const names: { [author: string]: string } = { contact: texts.you, assistant, operator: texts.colleague };
  const written = lines.map(
    (line) => `${line.at.slice(0, 16).replace("T", " ")}  ${line.name || names[line.author]}\n${line.text}\n`,
  );
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([written.join("\n")], { type: "text/plain" }));
  link.download = "conversation.txt";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
}
