/** Notifications of the browser for new handoffs: off until somebody switches them on, and remembered. */

import { useEffect, useRef, useState } from "react";
import type { Handoff } from "../api/shapes";

const KEPT = "frontdesk.notifies"; // in this browser

function isWished(): boolean {
  return (
    "Notification" in window && Notification.permission === "granted" && localStorage.getItem(KEPT) === "yes"
  );
}

/** Tells of each handoff that comes to wait while nobody looks at the page. */
export function useNotifications(waiting: Handoff[] | undefined): void {
  const known = useRef<Set<string> | null>(null);
  useEffect(() => {
    if (!waiting) return;
    const before = known.current;
    known.current = new Set(waiting.map((one) => one.handoff_id));
    if (!before || !document.hidden || !isWished()) return;
    for (const one of waiting.filter((handoff) => !before.has(handoff.handoff_id))) {
      const note = new Notification("Somebody waits for a person", {
        body: one.open_intents[0]?.text ?? "",
        tag: one.handoff_id,
      });
      note.onclick = () => {
        window.focus();
        location.assign(`/console/inbox/${one.handoff_id}`);
      };
    }
  }, [waiting]);
}

export function NotificationSwitch() {
  const [isOn, setOn] = useState(isWished);
  const [isRefused, setRefused] = useState(false);
  if (!("Notification" in window)) return null;
  const change = async (wish: boolean) => {
    const may = wish && (await Notification.requestPermission()) === "granted";
    localStorage.setItem(KEPT, may ? "yes" : "no");
    setOn(may);
    setRefused(wish && !may);
  };
  return (
    <label className="flex items-center gap-2 px-2 py-2 text-sm text-quiet">
      <input
        type="checkbox"
        checked={isOn}
        className="size-4"
        onChange={(event) => void change(event.target.checked)}
      />
      Notify me in this browser
      {isRefused && (
        <span role="status" className="text-xs text-warn">
          The browser does not allow it.
        </span>
      )}
    </label>
  );
}
