/** Text of others, drawn as elements. */

import { richText, type Span } from "../../../shared/rich_text";

export function Rich({ text }: { text: string }) {
  return (
    <>
      {richText(text).map((part, at) => {
        if (part.kind === "paragraph") {
          return (
            <p key={at}>
              {part.lines.map((line, row) => (
                <>
                  {row > 0 && <br />}
                  <Spans spans={line} />
                </>
              ))}
            </p>
          );
        }
        const items = part.items.map((item, row) => (
          <li key={row}>
            <Spans spans={item} />
          </li>
        ));
        return part.ordered ? <ol key={at}>{items}</ol> : <ul key={at}>{items}</ul>;
      })}
    </>
  );
}

function Spans({ spans }: { spans: Span[] }) {
  return (
    <>
      {spans.map((span) => {
        if (span.kind === "bold") return <strong>{span.text}</strong>;
        if (span.kind === "code") return <code>{span.text}</code>;
        if (span.kind === "text") return span.text;
        return (
          <a href={span.href} target="_blank" rel="noopener noreferrer nofollow ugc">
            {span.text}
          </a>
        );
      })}
    </>
  );
}
