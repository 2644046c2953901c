/** How the widget looks, with the widget itself beside it, and what a site adds to have it. */

import { useEffect, useRef, useState } from "react";
import { contrast, inkOn } from "../../../shared/contrast";
import { READY } from "../../../widget/src/protocol";
import { Choice, Pair, Section, Several, Switch, Text } from "../parts/fields";
import { Button } from "../parts/parts";
import type { Draft, Widget } from "./settings";

const LOGO_PX = 96;
const MAX_LOGO_CHARS = 20_000;

export function Look({ draft: { is, set } }: { draft: Draft }) {
  const { widget } = is;
  const put = (changes: Partial<Widget>) => set({ widget: { ...widget, ...changes } });
  return (
    <div className="grid gap-5 lg:grid-cols-[1fr_24rem]">
      <div className="flex min-w-0 flex-col gap-5">
        <Section title="Look">
          <Pair>
            <Accent value={widget.accent} onChange={(accent) => put({ accent })} />
            <Choice
              label="Theme"
              value={widget.theme}
              options={{ auto: "As the visitor's device", light: "Light", dark: "Dark" }}
              onChange={(theme) => put({ theme })}
            />
            <Choice
              label="Corner"
              value={widget.position}
              options={{ end: "Where lines end", start: "Where lines begin" }}
              onChange={(position) => put({ position })}
            />
            <Text
              label="Words on the launcher"
              name="widget.launcher"
              max={120}
              value={widget.launcher}
              onChange={(launcher) => put({ launcher })}
            />
          </Pair>
          <Logo value={widget.logo} onChange={(logo) => put({ logo })} />
          <Text
            label="Greeting"
            name="widget.greeting"
            hint="Empty: said in the visitor's language."
            rows={2}
            max={400}
            value={widget.greeting}
            onChange={(greeting) => put({ greeting })}
          />
          <Several
            byLine
            label="Questions to begin with"
            name="widget.suggestions"
            hint="Up to four, each on its own line."
            value={widget.suggestions}
            onChange={(suggestions) => put({ suggestions: suggestions.slice(0, 4) })}
          />
          <Switch
            label="Visitors may add files"
            hint="A file is read and answered from in its conversation, nowhere else."
            isOn={widget.files}
            onChange={(files) => put({ files })}
          />
        </Section>
        <Section title="On your site" about="Only these pages may show the widget; * lets every page.">
          <Several
            byLine
            label="Origins"
            name="allowed_origins"
            placeholder="https://www.shop.example"
            value={is.allowed_origins}
            onChange={(allowed_origins) => set({ allowed_origins })}
          />
          <Snippet assistantId={is.assistant_id} />
        </Section>
      </div>
      <Preview draft={{ is, set }} />
    </div>
  );
}

function Accent({ value, onChange }: { value: string; onChange: (accent: string) => void }) {
  const isColour = /^#[0-9a-f]{6}$/i.test(value);
  const ink = isColour ? inkOn(value) : "#ffffff";
  return (
    <div>
      <Text label="Accent colour" name="widget.accent" max={7} value={value} onChange={onChange} />
      <div className="mt-2 flex items-center gap-3 text-xs text-quiet">
        <input
          type="color"
          aria-label="Pick the accent colour"
          value={isColour ? value : "#000000"}
          onChange={(event) => onChange(event.target.value)}
          className="h-8 w-12 rounded border border-line bg-card"
        />
        {isColour
          ? `Text on it is ${ink === "#ffffff" ? "white" : "black"}, ${contrast(value, ink).toFixed(1)} to 1`
          : "A colour like #1f6f5c"}
      </div>
    </div>
  );
}

function Logo({ value, onChange }: { value: string; onChange: (logo: string) => void }) {
  const [told, tell] = useState("");
  const take = async (file: File) => {
    tell("");
    try {
      onChange(await smallPicture(file));
    } catch {
      tell("This file is no picture that a browser can show.");
    }
  };
  return (
    <div className="flex flex-wrap items-center gap-3 text-sm">
      <span className="font-medium">Logo</span>
      {value && <img src={value} alt="The logo" className="size-10 rounded-lg object-contain" />}
      <label className="inline-flex min-h-9 cursor-pointer items-center rounded-lg border border-line px-3 font-medium hover:border-accent hover:text-accent has-focus-visible:outline-2 has-focus-visible:outline-accent">
        Choose a picture
        <input
          type="file"
          accept="image/*"
          className="sr-only"
          onChange={(event) => {
            const file = event.target.files?.[0];
            if (file) void take(file);
            event.target.value = "";
          }}
        />
      </label>
      {value && (
        <Button look="quiet" onClick={() => onChange("")}>
          Remove the logo
        </Button>
      )}
      {told && (
        <span role="alert" className="text-bad">
          {told}
        </span>
      )}
    </div>
  );
}

/** The picture, drawn anew so small that it travels with the settings; nothing of the file else is kept. */
async function smallPicture(file: File): Promise<string> {
  const picture = await createImageBitmap(file);
  for (let side = LOGO_PX; side >= 24; side /= 2) {
    const canvas = document.createElement("canvas");
    const scale = Math.min(1, side / Math.max(picture.width, picture.height));
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const data = canvas.toDataURL("image/png");
    if (data.length <= MAX_LOGO_CHARS) return data;
  }
  throw new Error("too large");
}

function Snippet({ assistantId }: { assistantId: string }) {
  const [isCopied, copied] = useState(false);
  const tag = `<script src="${location.origin}/widget.js" data-assistant="${assistantId}" async></script>`;
  return (
    <div className="text-sm">
      <p className="mb-1 font-medium">What a page adds</p>
      <pre className="overflow-x-auto rounded-lg bg-raised p-3 text-xs whitespace-pre-wrap" tabIndex={0}>
        <code>{tag}</code>
      </pre>
      <div className="mt-2 flex flex-wrap gap-2">
        <Button
          onClick={() => {
            void navigator.clipboard?.writeText(tag).then(() => copied(true));
          }}
        >
          {isCopied ? "Copied" : "Copy"}
        </Button>
        <a
          href={`/sample/${assistantId}`}
          target="_blank"
          rel="noopener"
          className="inline-flex min-h-9 items-center px-2 text-accent underline underline-offset-2"
        >
          Try it on a page
        </a>
      </div>
    </div>
  );
}

/** The widget as it is, told of every change before it is saved. */
function Preview({ draft: { is } }: { draft: Draft }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [isReady, ready] = useState(false);
  const brand = { ...is.widget, name: is.persona.name || is.name, language: is.language };
  const told = JSON.stringify(brand);
  useEffect(() => {
    const heard = (event: MessageEvent) => {
      if (event.source === frame.current?.contentWindow && event.data === READY) ready(true);
    };
    addEventListener("message", heard);
    return () => removeEventListener("message", heard);
  }, []);
  useEffect(() => {
    const say = (message: object) => frame.current?.contentWindow?.postMessage(message, location.origin);
    if (!isReady) return;
    const language = navigator.language;
    say({ frontdesk: "hello", direction: "ltr", language, width: 1_280, height: 860 });
    say({ frontdesk: "show" }); // somebody writes beside it
  }, [isReady]);
  useEffect(() => {
    if (!isReady) return;
    const message = { frontdesk: "brand", brand: JSON.parse(told) };
    frame.current?.contentWindow?.postMessage(message, location.origin);
  }, [isReady, told]);
  return (
    <div className="lg:sticky lg:top-4 lg:self-start">
      <iframe
        ref={frame}
        title="The widget"
        src={`/widget/${is.assistant_id}`}
        className="h-[38rem] w-full rounded-xl border border-line bg-raised"
      />
    </div>
  );
}
