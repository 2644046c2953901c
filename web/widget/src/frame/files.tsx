/** The files that were brought into the conversation, and how far each is. */

import { Icon } from "./icons";
import { filled } from "./texts/texts";
import { useGiven } from "./use";

export function Files() {
  const { desk, texts, view } = useGiven();
  if (!view.files.length) return null;
  const states = {
    sending: texts.sending,
    reading: texts.fileReading,
    ready: texts.fileReady,
    refused: texts.refused,
  };
  return (
    <ul class="files" aria-label={texts.files}>
      {view.files.map((file) => (
        <li key={file.key} data-state={file.state}>
          <Icon name="clip" />
          <span class="file-name" dir="auto">
            {file.name}
          </span>
          <span class="file-state" role="status">
            {states[file.state]}
            {file.why && `: ${file.why}`}
          </span>
          {(file.state === "ready" || file.state === "refused") && (
            <button
              type="button"
              class="tool"
              aria-label={filled(texts.removeFile, file.name)}
              title={filled(texts.removeFile, file.name)}
              onClick={() => void desk.talk.detach(file.key)}
            >
              <Icon name="close" />
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
