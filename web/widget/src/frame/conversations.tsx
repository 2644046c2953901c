/** The visitor's conversations, to go back to one. */

import { Icon } from "./icons";
import { useGiven } from "./use";

export function Conversations() {
  const { desk, texts, language, view } = useGiven();
  const titles = desk.titles;
  const states: { [status: string]: string } = {
    resolved: texts.resolved,
    waiting_for_operator: texts.waiting,
    open: texts.ongoing,
  };
  const conversations = view.conversations ?? [];
  return (
    <div class="conversations">
      {view.conversations && conversations.length === 0 && <p class="note">{texts.noConversations}</p>}
      <ul>
        {conversations.map((one) => (
          <li key={one.conversation_id}>
            <button type="button" onClick={() => desk.show(one.conversation_id)}>
              <span class="title" dir="auto">
                {titles[one.conversation_id] || texts.untitled}
              </span>
              <span class="about">
                {states[one.status]} ·{" "}
                {new Date(one.last_active_at).toLocaleString(language, {
                  dateStyle: "medium",
                  timeStyle: "short",
                })}
              </span>
            </button>
          </li>
        ))}
      </ul>
      <button type="button" class="primary" onClick={() => desk.fresh()}>
        <Icon name="plus" />
        {texts.newConversation}
      </button>
    </div>
  );
}
