/** A page of ours that embeds the widget exactly as a site does. */

import "./sample.css";

interface Shown {
  assistant_id: string;
  name: string;
  company: string;
}

const shown = JSON.parse(document.getElementById("frame-data")?.textContent ?? "null") as Shown;

function fill(place: string, text: string): void {
  const element = document.querySelector(place);
  if (element) element.textContent = text;
}

document.title = shown.company;
fill(".company", shown.company);
fill(".name", shown.name);
fill(
  ".snippet",
  `<script src="${location.origin}/widget.js" data-assistant="${shown.assistant_id}" async></script>`,
);
document.querySelector(".ask")?.addEventListener("click", () => {
  (window as unknown as { Frontdesk?: { open(): void } }).Frontdesk?.open();
});
